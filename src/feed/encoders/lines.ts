/** Items of a snapshot as JSON, one batch at a time. */
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

/** The same text as `JSON.stringify(wireGrant(grant))` in half the time: there are many grants. */
export function grantJson({ entitlementId, principal, wanted, observed, source }: Grant): string {
  const entitlement = JSON.stringify(entitlementId);
  const holder = JSON.stringify(principal.id);
  // The same id as `grantId`.
  const id = `${entitlement.slice(0, -1)}:${principal.type}:${holder.slice(1)}`;
  const account = principal.type === 'account' ? holder : 'null';
  const from = typeof source === 'string' ? `"${source}"` : JSON.stringify(source);
  return `{"id":${id},"entitlement_id":${entitlement},"principal":{"type":"${principal.type}","id":${holder}},"account_id":${account},"wanted":${wanted},"observed":${observed},"source":${from}}`;
}

/** The fields of the snapshot itself. */
export function headerOf({ id, position, takenAt, workspace }: FeedSnapshot) {
  return { snapshot: id, position: String(position), generated_at: instant(takenAt), workspace };
}
