/**
 * Reads the target when it is due: everything at the start, every hour and on request; the members from time to time
 * while invites are pending; and a read-back of changes when there is no other work.
 */
import type { CapabilityStore } from '../../provisioning/capability/capability-book.ts';
import type { Policy } from '../../provisioning/plan/policy.ts';
import type { SyncState } from '../../provisioning/model/sync-state.ts';
import { createFeedReading } from './feed-reading.ts';
import { createRateNotes } from './note-rate.ts';
import { createProbing } from './probing.ts';
import { nextFullRead, nextInvitePoll, nextReadBack } from './read-schedule.ts';
import { refreshGroups, refreshMembers } from './refresh.ts';
import { watchSeats } from './seat-watch.ts';
import { fullSync } from './sync.ts';
import { watchSync } from './watch-sync.ts';
import type { WorkContext } from '../work-context.ts';

/** The owners of the keys rarely change. */
const OWNERS_READ_MS = 24 * 60 * 60_000;

/** When the lists that jobs of a kind depend on were last read; see `Claim`. */
interface ReadAt {
  readonly readAt: number;
  readonly seenAt: number;
}

export interface Reading {
  /** The state after the last read. */
  readonly policy: Policy;
  readonly sync: SyncState;
  /** Reads what is due. @param busy whether there is other work @throws TargetError */
  ifDue(stopping: AbortSignal, busy: boolean): Promise<void>;
  /** Reads the target for all jobs that wait for a read. @returns whether the target was read @throws TargetError */
  back(busy: boolean): Promise<boolean>;
  times(): Promise<{ readonly user: ReadAt; readonly group: ReadAt }>;
  /** Makes all reads due at once. */
  request(everything?: boolean): void;
  /** Whether the target's members and the protected accounts are known, so that jobs may run. */
  readonly peopleKnown: boolean;
  /** Call it when another bridge has the workspace. The target must then be read before work continues. */
  lost(): void;
  /** Call it after the wall clock jumped. The target is read and probed again, because stored instants may be wrong. */
  clockJumped(): void;
  /** Call it after an invite. */
  invited(): void;
  /** Resolves when no parallel read is in progress. */
  settled(): Promise<void>;
}

/** @param answered called when the target has answered normally */
export function createReading(
  context: WorkContext,
  requests: CapabilityStore,
  answered: () => Promise<void>,
): Reading {
  const { clock, store, workspace, target, adoption, invites } = context;
  const probing = createProbing(context, requests);
  const forFeed = createFeedReading(context);
  const sync = watchSync(clock);
  const seats = watchSeats(context);
  const rate = createRateNotes(context);
  let policy: Policy = { protectedUsernames: new Set(), adoption, invites };
  let lastFullReadAt: number | null = null;
  let ownersReadAt = -Infinity;
  let lastMembersReadAt = clock.monotonic();
  let newestInviteAt = clock.monotonic();
  let invitesPending = false;
  let peopleKnown = false;

  async function membersRead(): Promise<void> {
    await answered();
    lastMembersReadAt = clock.monotonic();
    invitesPending = await store.isAnybodyInvited(workspace);
  }

  async function times() {
    const { members, groups } = await store.readTimes(workspace);
    const [membersAt, groupsAt] = [members ?? 0, groups ?? 0];
    const both = Math.min(membersAt, groupsAt);
    const unseen = await store.groupsUnseen(workspace);
    return {
      user: { readAt: membersAt, seenAt: membersAt },
      group: { readAt: both, seenAt: unseen ? both : membersAt },
      unseen,
    };
  }

  return {
    get policy() {
      return policy;
    },
    get sync() {
      return sync.state;
    },
    times,

    ifDue: async (stopping, busy) => {
      await probing.ifDue();
      await seats.ifDue();
      await rate.ifDue();
      const now = clock.monotonic();
      if (lastFullReadAt === null || now >= nextFullRead(lastFullReadAt)) {
        if (now - ownersReadAt >= OWNERS_READ_MS) {
          const owners = await target.readOwners();
          policy = { ...policy, protectedUsernames: new Set(owners) };
          ownersReadAt = now;
          const { ownsManaged } = target.capabilities;
          await store.saveFacts(workspace, { protectedUsernames: owners, ownsManaged }, clock.now());
        }
        await seats.read();
        const hourly = lastFullReadAt !== null;
        await sync.run(({ progress, ...options }) =>
          fullSync(context, stopping, {
            ...options,
            hourly,
            progress: (now) => {
              if (now.phase !== 'members') peopleKnown = true;
              progress?.(now);
            },
          }),
        );
        lastFullReadAt = clock.monotonic();
        forFeed.begin();
        await membersRead();
      } else if (invitesPending && now >= nextInvitePoll(lastMembersReadAt, newestInviteAt, busy)) {
        await refreshMembers(context);
        await membersRead();
      }
    },

    back: async (busy) => {
      const { user, group, unseen } = await times();
      const now = clock.now();
      const at = { user: { now, ...user }, group: { now, ...group } };
      const waiting = await store.waitingForRead(workspace, at);
      if (waiting === undefined || now < nextReadBack(waiting.since, busy && !waiting.urgent)) return false;
      await refreshMembers(context);
      await membersRead();
      if (unseen || waiting.unsureGroups) await refreshGroups(context);
      return true;
    },

    request: (everything = false) => {
      if (everything) sync.ask(true);
      lastFullReadAt = null;
    },
    get peopleKnown() {
      return peopleKnown;
    },
    lost: () => {
      lastFullReadAt = null;
      peopleKnown = false;
    },
    clockJumped: () => {
      lastFullReadAt = null;
      probing.request();
    },
    invited: () => {
      newestInviteAt = clock.monotonic();
      invitesPending = true;
    },
    settled: () => forFeed.settled(),
  };
}
