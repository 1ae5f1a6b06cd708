/**
 * One poll of a receiver (RFC 8936): settles the events that it acknowledges or rejects, and returns the next events. Waits
 * for a while if there are none. Every poll returns an event again until it is acknowledged or rejected, and never after
 * that.
 */
import type { Clock } from '../../clock.ts';
import type { TokenHolder } from '../../directory/access/token-holder.ts';
import type { FeedStore } from '../feed-store.ts';
import { jtiOf } from './event-claims.ts';
import { EVENT_KINDS } from './event-of.ts';
import type { EventChange, EventStore, EventStream, EventWindow } from './event-store.ts';

/** The number of events in a response, for receivers that do not request a number. */
export const DEFAULT_EVENTS = 100;
/** The maximum number of unacknowledged events of a receiver. Later events wait until the oldest are acknowledged. */
export const MAX_EVENTS = 1_000;
/** How often the log is checked for a waiting poll: other bridges on the same database write to it, too. */
const CHECK_MS = 250;
/** How often the time of polls that settle nothing is stored. */
const POLLED_MS = 60_000;

export interface PollRequest {
  readonly maxEvents: number;
  readonly waitMs: number;
  readonly ack: readonly string[];
  /** The receiver's messages for events that it rejects, by id. */
  readonly errors: ReadonlyMap<string, string>;
  /** Where a new stream starts. */
  readonly begin: number;
}

export interface Polled {
  readonly events: readonly EventChange[];
  /** Whether there are more events now. */
  readonly more: boolean;
}

interface Window extends EventWindow {
  /** Whether there are more changes after it. */
  readonly full: boolean;
}

export interface PollContext {
  readonly store: EventStore;
  readonly feed: Pick<FeedStore, 'lastPosition'>;
  readonly clock: Clock;
  /** Called for each event that the receiver rejects, after that is stored. */
  readonly refused: (jti: string, error: string) => void;
}

/** @throws BridgeError unavailable */
export async function pollEvents(
  { store, feed, clock, refused }: PollContext,
  { tokenId, workspace }: TokenHolder,
  request: PollRequest,
  signal: AbortSignal,
): Promise<Polled> {
  const begin = { tokenId, workspace, position: request.begin, polledAt: clock.now() };
  const stream = await store.stream(begin);
  async function windowFrom(position: number): Promise<Window> {
    const limit = MAX_EVENTS + 1;
    const found = await store.window(stream, { position, kinds: EVENT_KINDS, limit });
    return {
      ...found,
      changes: found.changes.slice(0, MAX_EVENTS),
      full: found.changes.length > MAX_EVENTS,
    };
  }

  const first = await windowFrom(stream.position);
  const { done, inError } = doneNow(first, request);
  const settled = new Set([...first.done, ...done]);
  let window: Window = { ...first, done: settled };
  let position = frontier(window);
  const last = inError.at(-1);
  await keep(store, stream, {
    tokenId,
    at: clock.now(),
    done,
    position,
    errors: last && { count: inError.length, last: last.join(': ') },
  });
  for (const [jti, error] of inError) refused(jti, error);

  const deadline = clock.monotonic() + request.waitMs;
  while (request.maxEvents > 0 && undone(window).length === 0) {
    position = frontier(window);
    if (!window.full && !(await waitPast(window.last))) break;
    window = await windowFrom(position);
  }
  const waiting = undone(window);
  const events = waiting.slice(0, request.maxEvents);
  return { events, more: waiting.length > events.length || window.full };

  /** @returns whether there is a new change; false if the wait or the connection ended first */
  async function waitPast(seen: number): Promise<boolean> {
    while (clock.monotonic() < deadline && !signal.aborted) {
      await clock.sleep(Math.min(CHECK_MS, deadline - clock.monotonic()), signal);
      if ((await feed.lastPosition(workspace)) > seen) return true;
    }
    return false;
  }
}

/** The unsettled events that the receiver settles now. Other ids are ignored. */
function doneNow(
  { changes, done }: EventWindow,
  { ack, errors }: PollRequest,
): { readonly done: readonly number[]; readonly inError: readonly (readonly [string, string])[] } {
  const acknowledged = new Set(ack);
  const named = changes.filter((change) => {
    const jti = jtiOf(change);
    return !done.has(change.position) && (acknowledged.has(jti) || errors.has(jti));
  });
  const inError = named.flatMap((change) => {
    const error = errors.get(jtiOf(change));
    return error === undefined ? [] : [[jtiOf(change), error] as const];
  });
  return { done: named.map((change) => change.position), inError };
}

function undone({ changes, done }: EventWindow): readonly EventChange[] {
  return changes.filter((change) => !done.has(change.position));
}

/** The position up to which every event is settled. */
function frontier(window: Window): number {
  const [oldest] = undone(window);
  if (oldest !== undefined) return oldest.position - 1;
  return window.full ? (window.changes.at(-1)?.position ?? window.last) : window.last;
}

/** Stores the progress, unless only the time of the poll would change: that is not worth a wait for the disk. */
async function keep(
  store: EventStore,
  stream: EventStream,
  progress: Parameters<EventStore['advance']>[0],
): Promise<void> {
  const { done, position, at } = progress;
  if (done.length === 0 && position <= stream.position && at - stream.polledAt < POLLED_MS) return;
  await store.advance(progress);
}
