/** Reads the change log from a cursor on, and waits for a while when there is nothing new. */
import { Type, type Static } from 'typebox';
import type { Clock } from '../clock.ts';
import type { Change } from '../directory/change.ts';
import { BridgeError } from '../errors.ts';
import type { FeedStore } from './feed-store.ts';

export const MAX_WAIT_SECONDS = 30;
export const MAX_CHANGES = 1_000;
/** How often a waiting reader looks: other bridges on the same database write too. */
const LOOK_MS = 250;

const ChangeEntry = Type.Object({
  position: Type.String(),
  at: Type.String({ format: 'date-time' }),
  kind: Type.String({
    description: 'e.g. user.updated (the IdP said so), mode.member_changed (Mode has it so)',
  }),
  subject: Type.Union([
    Type.Object({ kind: Type.Enum(['user', 'group']), id: Type.String() }),
    Type.Null({ description: 'Something on Mode that the directory does not know' }),
  ]),
  data: Type.Record(Type.String(), Type.Unknown()),
});

export const Changes = Type.Object({
  changes: Type.Array(ChangeEntry),
  next: Type.String({ description: 'The cursor to ask with next: all up to it has been told' }),
  more: Type.Boolean({ description: 'There is more to read at once' }),
});
export type Changes = Static<typeof Changes>;

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
): Promise<Changes> {
  const deadline = clock.now() + waitMs;
  for (;;) {
    // One more than asked for tells whether there is more.
    const found = await store.changesAfter(workspace, after, limit + 1);
    if (found.length > 0 || clock.now() >= deadline || signal.aborted) {
      const changes = found.slice(0, limit);
      const next = changes.at(-1)?.position ?? after;
      return { changes: changes.map(render), next: String(next), more: found.length > limit };
    }
    await clock.sleep(Math.min(LOOK_MS, deadline - clock.now()), signal);
  }
}

function render({ position, at, kind, subject, data }: Change): Changes['changes'][number] {
  return { position: String(position), at: new Date(at).toISOString(), kind, subject, data: { ...data } };
}
