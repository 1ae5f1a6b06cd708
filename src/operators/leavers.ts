/** Shows operators how long leavers keep their access: a list, and the evidence for each leaver. */
import type { Clock } from '../clock.ts';
import type { Change } from '../directory/change.ts';
import type { LoggedRequest } from '../directory/requests/logged-request.ts';
import type { RequestStore } from '../directory/requests/request-store.ts';
import {
  isOverdue,
  leaverState,
  leavingMs,
  type Leaver,
  type LeaverState,
} from '../provisioning/leaver/leaver.ts';
import type { LeaverStore } from '../provisioning/leaver/leaver-store.ts';
import { readTime } from './read-time.ts';
import { parseCursor, writeCursor } from './time-cursor.ts';

export const MAX_LEAVERS = 1_000;
export const DEFAULT_SINCE = '30d';
/** More changes than a leaver has after days of retries. */
const MAX_CHANGES = 1_000;
/** How many requests are searched for the one that removed the person. */
const MAX_REQUESTS = 1_000;
const IN_STATUS = 20;

export interface TimedLeaver extends Leaver {
  readonly state: LeaverState;
  /** Milliseconds; until now when not verified. */
  readonly tookMs: number;
  readonly overdue: boolean;
}

export interface LeaverPage {
  readonly objectiveMs: number;
  readonly leavers: readonly TimedLeaver[];
  /** null: there are no older ones. */
  readonly nextCursor: string | null;
}

export interface LeaverEvidence {
  readonly leaver: TimedLeaver;
  readonly objectiveMs: number;
  /** undefined: the request log does not have it, or no request asked for it. */
  readonly request: LoggedRequest | undefined;
  /** Changes of the user from the request to the read. */
  readonly changes: readonly Change[];
}

export interface OverdueLeavers {
  readonly objectiveMs: number;
  /** Leavers that are not verified and are above the objective. */
  readonly count: number;
  readonly oldest: readonly TimedLeaver[];
}

export interface Leavers {
  /**
   * Newest first.
   * @param since a time such as 2026-01-05T09:00:00Z, or how long ago, such as 30d
   * @throws BridgeError invalid_value, invalid_cursor
   */
  list(
    workspace: string,
    since: string,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<LeaverPage>;
  overdue(workspace: string): Promise<OverdueLeavers>;
  evidence(leaver: Leaver): Promise<LeaverEvidence>;
}

export function createLeavers(
  store: LeaverStore,
  requests: Pick<RequestStore, 'list'>,
  objectiveMsOf: (workspace: string) => number,
  clock: Clock,
): Leavers {
  function timed(leaver: Leaver): TimedLeaver {
    const now = clock.now();
    const overdue = isOverdue(leaver, objectiveMsOf(leaver.workspace), now);
    return { ...leaver, state: leaverState(leaver), tookMs: leavingMs(leaver, now), overdue };
  }

  async function requestOf({ workspace, userId, requestId, askedAt }: Leaver) {
    if (requestId === null) return undefined;
    // A request arrives before its write, and bulk requests write for a while.
    const from = askedAt - 60 * 60_000;
    const query = { resourceId: userId, from, to: askedAt + 1, limit: MAX_REQUESTS };
    return (await requests.list(workspace, query)).find(({ id }) => id === requestId);
  }

  return {
    list: async (workspace, since, { limit, cursor }) => {
      const from = readTime(since, clock.now());
      const before = cursor === undefined ? undefined : parseCursor(cursor);
      const found = await store.list(workspace, { from, before, limit: limit + 1 });
      const leavers = found.slice(0, limit).map(timed);
      const last = found.length > limit ? leavers.at(-1) : undefined;
      return {
        objectiveMs: objectiveMsOf(workspace),
        leavers,
        nextCursor: last === undefined ? null : writeCursor({ at: last.askedAt, id: last.id }),
      };
    },
    overdue: async (workspace) => {
      const objectiveMs = objectiveMsOf(workspace);
      const { count, oldest } = await store.open(workspace, clock.now() - objectiveMs, IN_STATUS);
      return { objectiveMs, count, oldest: oldest.map(timed) };
    },
    evidence: async (leaver) => ({
      leaver: timed(leaver),
      objectiveMs: objectiveMsOf(leaver.workspace),
      request: await requestOf(leaver),
      changes: await store.changesOf(leaver, MAX_CHANGES),
    }),
  };
}
