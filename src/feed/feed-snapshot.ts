/**
 * One state of a workspace, to be read at any pace: everything that is read from one snapshot fits together, however
 * long it takes and whatever happens meanwhile. It is a copy; reading it holds up no writer.
 */
import type { FeedKind, FeedKinds } from './model.ts';

/** One page, and the place of its last item; null when there is nothing after it. */
export interface FeedPage<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

export interface FeedSnapshot {
  /** The same for the same state: two reads between which nothing has changed see one snapshot. */
  readonly id: string;
  readonly workspace: string;
  /** That of the last change that the state includes: where to go on reading changes. */
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly counts: Readonly<Record<FeedKind, number>>;
  /**
   * Items in the order of their ids, after the place where an earlier page ended (0: from the beginning).
   * @throws BridgeError snapshot_expired when the snapshot has made room for newer ones
   */
  page<K extends FeedKind>(kind: K, after: number, limit: number): Promise<FeedPage<FeedKinds[K]>>;
  /** All of a kind, a batch at a time: no more than a batch is held. @throws as `page` */
  all<K extends FeedKind>(kind: K): AsyncIterable<readonly FeedKinds[K][]>;
}

/** `all` by `page`. @param size of a batch */
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
