/**
 * The storage port for the position of each receiver of events. It is the only thing that a reader of the feed writes: its
 * own position.
 */
import type { FeedChange, FeedChangeKind } from '../feed-change.ts';

/** A change with the other data of an event. */
export type EventChange = FeedChange & {
  /** The same for all changes of one write; null for changes of earlier versions of the bridge. */
  readonly txn: string | null;
  /** The subject's externalId now, or when it was deleted. */
  readonly externalId: string | null;
};

export interface EventStream {
  /** The id of the receiver's token. */
  readonly tokenId: string;
  readonly workspace: string;
  /** The position in the change log up to which the receiver has settled every event. */
  readonly position: number;
  readonly polledAt: number;
}

export interface EventWindow {
  /** The oldest changes after a position, in order. */
  readonly changes: readonly EventChange[];
  /** The positions of those changes that the receiver has settled. */
  readonly done: ReadonlySet<number>;
  /** The position of the newest change in the log. */
  readonly last: number;
}

export interface Progress {
  readonly tokenId: string;
  readonly at: number;
  /** Positions that the receiver has settled, in addition to all up to `position`. */
  readonly done: readonly number[];
  /** A stream never goes back: an earlier position changes nothing. */
  readonly position: number;
  /** How many events the receiver rejected in this poll, and its message for the last one. */
  readonly errors: { readonly count: number; readonly last: string } | undefined;
}

export interface EventStore {
  /** The stream of the token. A new stream starts at `position`. */
  stream(begin: EventStream): Promise<EventStream>;
  /** One consistent state: changes of these kinds with a subject, after `position`, at most `limit`. */
  window(
    stream: EventStream,
    options: { readonly position: number; readonly kinds: readonly FeedChangeKind[]; readonly limit: number },
  ): Promise<EventWindow>;
  /** Durable when it resolves. Concurrent calls are combined. @throws BridgeError unavailable */
  advance(progress: Progress): Promise<void>;
}
