/**
 * Reads data that only the feed needs: permissions with every full read of the target, and people's activity once a
 * day. It runs in parallel to all other work. After a failure, it is tried again with the next full read.
 */
import { RESOURCE_KINDS } from '../../provisioning/model/permission.ts';
import { TargetError } from '../../provisioning/ports/target.ts';
import { forgetActivity, refreshActivity } from './refresh-activity.ts';
import { forgetPermissions, refreshPermissions } from './refresh-permissions.ts';
import type { WorkContext } from '../work-context.ts';

/** The target counts activity by days. */
const ACTIVITY_MS = 24 * 60 * 60_000;

export interface FeedReading {
  /** Starts a read, unless one is in progress. Never fails. */
  begin(): void;
  /** Resolves when no read is in progress. */
  settled(): Promise<void>;
}

export function createFeedReading(context: WorkContext): FeedReading {
  const { clock, feed, holdsWorkspace } = context;
  let reading: Promise<void> | undefined;
  let activityReadAt = -Infinity;

  async function read(): Promise<void> {
    for (const kind of RESOURCE_KINDS) {
      const work = feed.permissions ? refreshPermissions : forgetPermissions;
      if (holdsWorkspace()) await unlessRefused(context, kind, () => work(context, kind));
    }
    if (!holdsWorkspace() || clock.monotonic() - activityReadAt < ACTIVITY_MS) return;
    const work = feed.activity ? refreshActivity : forgetActivity;
    if (await unlessRefused(context, 'activity', () => work(context))) activityReadAt = clock.monotonic();
  }

  return {
    begin: () => {
      reading ??= read()
        .catch((error: unknown) => {
          context.log.error({ err: error }, 'the bridge failed to read for the feed');
        })
        .finally(() => {
          reading = undefined;
        });
    },
    settled: async () => {
      await reading;
    },
  };
}

/** @returns whether the read succeeded */
async function unlessRefused(
  { target, log }: WorkContext,
  what: string,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    log.warn(
      { what, reason: error.message },
      `${target.label} could not be read for the feed: the feed shows what it knew before`,
    );
    return false;
  }
}
