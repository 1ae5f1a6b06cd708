/**
 * Reads the change log from a cursor on, and waits for a while when there is nothing new. What happened is told beside
 * what came of it: the state now of all that the changes were about, and tombstones for what is gone. So a reader who
 * applies every answer to a snapshot has the state of the feed.
 */
import type { Clock } from '../clock.ts';
import type { Change } from '../directory/change.ts';
import { BridgeError } from '../errors.ts';
import type { FeedStore, TouchedState } from './feed-store.ts';
import { tombstonesOf, type Tombstone } from './tombstones.ts';
import { MAX_WHOLE_GROUPS, touchedBy } from './touched-by.ts';

export const MAX_WAIT_SECONDS = 30;
export const MAX_CHANGES = 1_000;
/** How often a waiting reader looks: other bridges on the same database write too. */
const LOOK_MS = 250;

export interface ReadChanges extends Omit<TouchedState, 'memberships' | 'permissions'> {
  readonly changes: readonly Change[];
  readonly tombstones: readonly Tombstone[];
  readonly next: number;
  readonly more: boolean;
}

/**
 * @param cursor a position of a snapshot or an earlier answer; undefined: from the beginning
 * @throws BridgeError invalid_value for what is no cursor; cursor_expired for one that this log has not reached.
 */
export async function readCursor(
  store: FeedStore,
  workspace: string,
  cursor: string | undefined,
): Promise<number> {
  if (cursor === undefined) return 0;
  const position = Number(cursor);
  if (!/^\d{1,15}$/.test(cursor)) {
    throw new BridgeError(
      'invalid_value',
      'The cursor is not one of this feed: use "position" of a snapshot or "next".',
    );
  }
  if (position <= (await store.lastPosition(workspace))) return position;
  throw new BridgeError(
    'cursor_expired',
    'The cursor is not of this change log: take a snapshot and go on from there.',
  );
}

export interface ChangesRequest {
  readonly workspace: string;
  readonly after: number;
  readonly limit: number;
  readonly waitMs: number;
}

/** Resolves as soon as there is a change, with none when the wait or the reader's connection ends before. */
export async function readChanges(
  store: FeedStore,
  clock: Clock,
  { workspace, after, limit, waitMs }: ChangesRequest,
  signal: AbortSignal,
): Promise<ReadChanges> {
  const deadline = clock.monotonic() + waitMs;
  for (;;) {
    // One more than asked for tells whether there is more.
    const found = await store.changesAfter(workspace, after, limit + 1);
    if (found.length > 0 || clock.monotonic() >= deadline || signal.aborted) {
      const changes = upToManyGroups(found.slice(0, limit));
      const next = changes.at(-1)?.position ?? after;
      const state = await stateOf(store, workspace, changes);
      return { changes, ...state, next, more: found.length > changes.length };
    }
    await clock.sleep(Math.min(LOOK_MS, deadline - clock.monotonic()), signal);
  }
}

/** A change of a whole group tells all of its members: no more of those in one answer than can be held. */
function upToManyGroups(changes: readonly Change[]): readonly Change[] {
  const groups = new Set<string>();
  for (const [index, change] of changes.entries()) {
    for (const id of touchedBy([change]).wholeGroups) groups.add(id);
    if (groups.size > MAX_WHOLE_GROUPS) return changes.slice(0, index);
  }
  return changes;
}

async function stateOf(store: FeedStore, workspace: string, changes: readonly Change[]) {
  if (changes.length === 0) return { accounts: [], groups: [], resources: [], grants: [], tombstones: [] };
  const touched = touchedBy(changes);
  const state = await store.touched(workspace, touched);
  const created = changes.flatMap((change) => (change.kind === 'user.created' ? [change.subject.id] : []));
  const { accounts, groups, resources, grants } = state;
  const tombstones = tombstonesOf(touched, state, new Set(created));
  return { accounts, groups, resources, grants, tombstones };
}
