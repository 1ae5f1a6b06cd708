/**
 * The port to what remembers how far each receiver of events has come. It is the one thing that a reader of the feed
 * writes: its own position, and nothing else.
 */
import type { Change, ChangeKind } from '../../directory/change.ts';

/** A change with what an event tells beside it. */
export type EventChange = Change & {
  /** The same for all changes of one write; null for what is older than that is kept. */
  readonly txn: string | null;
  /** That the subject has now, or had when it was deleted. */
  readonly externalId: string | null;
};

export interface EventStream {
  /** Of the token that the receiver comes with. */
  readonly tokenId: string;
  readonly workspace: string;
  /** Of the change log: the receiver is done with every event up to it. */
  readonly position: number;
  readonly polledAt: number;
}

export interface EventWindow {
  /** The oldest changes past a position, in order. */
  readonly changes: readonly EventChange[];
  /** Positions of those among them that the receiver is done with. */
  readonly done: ReadonlySet<number>;
  /** The position of the newest change of all at that moment. */
  readonly last: number;
}

export interface Progress {
  readonly tokenId: string;
  readonly at: number;
  /** Positions that the receiver is done with, besides all up to `position`. */
  readonly done: readonly number[];
  /** A stream never goes back: an earlier one than it has changes nothing. */
  readonly position: number;
  /** How many events the receiver refused now, and what it said of the last one. */
  readonly errors: { readonly count: number; readonly last: string } | undefined;
}

export interface EventStore {
  /** The stream of that token; it begins at `position` when there is none. */
  stream(begin: EventStream): Promise<EventStream>;
  /** One consistent state: changes of these kinds that have a subject, past `position`, at most `limit`. */
  window(
    stream: EventStream,
    options: { readonly position: number; readonly kinds: readonly ChangeKind[]; readonly limit: number },
  ): Promise<EventWindow>;
  /** Durable when it resolves. Two at once add up. @throws BridgeError unavailable */
  advance(progress: Progress): Promise<void>;
}
