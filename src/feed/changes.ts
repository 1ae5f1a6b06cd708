/**
 * Reads the change log after a cursor, and waits for a while if there is nothing new. The result also has the current state
 * of everything that the changes were about, and tombstones for what is gone. A reader that applies every result to a
 * snapshot has the current state of the feed.
 */
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { FeedChange } from './feed-change.ts';
import type { FeedStore, TouchedState } from './feed-store.ts';
import { tombstonesOf, type Tombstone } from './tombstones.ts';
import { MAX_WHOLE_GROUPS, touchedBy } from './touched-by.ts';

export const MAX_WAIT_SECONDS = 30;
export const MAX_CHANGES = 1_000;
/** How often the log is polled for a waiting reader: other bridges on the same database write to it, too. */
const POLL_MS = 250;

export interface ReadChanges extends Omit<TouchedState, 'memberships' | 'permissions'> {
  readonly changes: readonly FeedChange[];
  readonly tombstones: readonly Tombstone[];
  readonly next: number;
  readonly more: boolean;
}

/**
 * @param cursor the position of a snapshot or of an earlier response; undefined: from the beginning
 * @throws BridgeError invalid_value for a text that is not a cursor; cursor_expired for a position after the end of the log
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
      'The cursor is not valid. Use "position" of a snapshot, or "next" of an earlier response.',
    );
  }
  if (position <= (await store.lastPosition(workspace))) return position;
  throw new BridgeError(
    'cursor_expired',
    'The cursor belongs to another change log. Take a new snapshot and continue from its position.',
  );
}

export interface ChangesRequest {
  readonly workspace: string;
  readonly after: number;
  readonly limit: number;
  readonly waitMs: number;
}

/** Resolves as soon as there is a change, or without changes when the wait or the reader's connection ends. */
export async function readChanges(
  store: FeedStore,
  clock: Clock,
  { workspace, after, limit, waitMs }: ChangesRequest,
  signal: AbortSignal,
): Promise<ReadChanges> {
  const deadline = clock.monotonic() + waitMs;
  for (;;) {
    // One more than the limit shows whether there are more.
    const found = await store.changesAfter(workspace, after, limit + 1);
    if (found.length > 0 || clock.monotonic() >= deadline || signal.aborted) {
      const changes = limitWholeGroups(found.slice(0, limit));
      const next = changes.at(-1)?.position ?? after;
      const state = await stateOf(store, workspace, changes);
      return { changes, ...state, next, more: found.length > changes.length };
    }
    await clock.sleep(Math.min(POLL_MS, deadline - clock.monotonic()), signal);
  }
}

/** A change of a whole group adds all of its members to the response, so the number of such groups is limited. */
function limitWholeGroups(changes: readonly FeedChange[]): readonly FeedChange[] {
  const groups = new Set<string>();
  for (const [index, change] of changes.entries()) {
    for (const id of touchedBy([change]).wholeGroups) groups.add(id);
    if (groups.size > MAX_WHOLE_GROUPS) return changes.slice(0, index);
  }
  return changes;
}

async function stateOf(store: FeedStore, workspace: string, changes: readonly FeedChange[]) {
  if (changes.length === 0) return { accounts: [], groups: [], resources: [], grants: [], tombstones: [] };
  const touched = touchedBy(changes);
  const state = await store.touched(workspace, touched);
  const created = changes.flatMap((change) => (change.kind === 'user.created' ? [change.subject.id] : []));
  const { accounts, groups, resources, grants } = state;
  const tombstones = tombstonesOf(touched, state, new Set(created));
  return { accounts, groups, resources, grants, tombstones };
}
