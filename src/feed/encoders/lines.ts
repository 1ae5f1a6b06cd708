/** Items of a snapshot as JSON, a batch at a time. */
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { FeedKind, Grant } from '../model.ts';
import { instant, wire } from '../wire.ts';

/** Each item of a kind as JSON, in batches. */
export async function* jsonOf(snapshot: FeedSnapshot, kind: FeedKind): AsyncGenerator<string[]> {
  for await (const items of snapshot.all(kind)) {
    yield kind === 'grants'
      ? (items as readonly Grant[]).map(grantJson)
      : items.map((item) => JSON.stringify(wire[kind](item as never)));
  }
}

/** There are many of them: put together by hand in half the time, to the same text. */
export function grantJson({ entitlementId, principal, wanted, observed, source }: Grant): string {
  const entitlement = JSON.stringify(entitlementId);
  const holder = JSON.stringify(principal.id);
  // As `grantId` puts it together.
  const id = `${entitlement.slice(0, -1)}:${principal.type}:${holder.slice(1)}`;
  const account = principal.type === 'account' ? holder : 'null';
  const from = typeof source === 'string' ? `"${source}"` : JSON.stringify(source);
  return `{"id":${id},"entitlement_id":${entitlement},"principal":{"type":"${principal.type}","id":${holder}},"account_id":${account},"wanted":${wanted},"observed":${observed},"source":${from}}`;
}

/** What is told of the snapshot itself. */
export function headerOf({ id, position, takenAt, workspace }: FeedSnapshot) {
  return { snapshot: id, position: String(position), generated_at: instant(takenAt), workspace };
}
