/** Reads whole snapshots. */
import type { FeedSnapshot } from '../../src/feed/feed-snapshot.ts';
import type { FeedKind, FeedKinds } from '../../src/feed/model.ts';

export async function readAll<K extends FeedKind>(snapshot: FeedSnapshot, kind: K): Promise<FeedKinds[K][]> {
  const all: FeedKinds[K][] = [];
  for await (const batch of snapshot.all(kind)) all.push(...batch);
  return all;
}
