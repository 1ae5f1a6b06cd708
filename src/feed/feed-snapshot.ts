/**
 * One consistent state of a workspace, for reading at any pace: it does not change while it is read. It is a copy, so
 * reading it blocks no writer.
 */
import type { FeedKind, FeedKinds } from './model.ts';

/** One page, and the number of its last item; null on the last page. */
export interface FeedPage<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

export interface FeedSnapshot {
  /** The id stays the same while nothing changes. */
  readonly id: string;
  readonly workspace: string;
  /** The position of the last change that the state includes: where to start reading changes. */
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly counts: Readonly<Record<FeedKind, number>>;
  /**
   * Items in order of id, after the end of an earlier page (0: from the start).
   * @throws BridgeError snapshot_expired when the snapshot was removed to make room for newer ones
   */
  page<K extends FeedKind>(kind: K, after: number, limit: number): Promise<FeedPage<FeedKinds[K]>>;
  /** All items of a kind, one batch at a time. @throws as `page` */
  all<K extends FeedKind>(kind: K): AsyncIterable<readonly FeedKinds[K][]>;
}

/** Implements `all` with `page`. @param size the number of items in a batch */
export async function* batches<K extends FeedKind>(
  snapshot: Pick<FeedSnapshot, 'page'>,
  kind: K,
  size: number,
): AsyncGenerator<readonly FeedKinds[K][]> {
  let after: number | null = 0;
  while (after !== null) {
    const page: FeedPage<FeedKinds[K]> = await snapshot.page(kind, after, size);
    if (page.items.length > 0) yield page.items;
    after = page.next;
  }
}
