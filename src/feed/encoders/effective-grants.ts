/**
 * Grants of accounts only: what a group holds is told of each account that Mode has in it, with the group as the source.
 * An account that holds the same itself is told once, as holding it itself.
 */
import type { FeedSnapshot } from '../feed-snapshot.ts';
import { grantId, type Grant } from '../model.ts';

export async function* effectiveGrants(snapshot: FeedSnapshot): AsyncGenerator<readonly Grant[]> {
  const members = await membersOfHolders(snapshot);
  // Grants come in the order of entitlements, accounts before groups: what accounts hold of one is known by then.
  let entitlement = '';
  let told = new Set<string>();
  for await (const grants of snapshot.all('grants')) {
    const effective: Grant[] = [];
    for (const grant of grants) {
      if (grant.entitlementId !== entitlement) {
        entitlement = grant.entitlementId;
        told = new Set();
      }
      if (grant.principal.type === 'account') {
        if (members.size > 0) told.add(grant.principal.id);
        effective.push(grant);
        continue;
      }
      for (const id of members.get(grant.principal.id) ?? []) {
        if (told.has(id)) continue;
        told.add(id);
        effective.push(byGroup(grant, id));
      }
    }
    yield effective;
  }
}

function byGroup(grant: Grant, id: string): Grant {
  const principal = { type: 'account', id } as const;
  const source = { group: grant.principal.id };
  return { ...grant, id: grantId(grant.entitlementId, principal), principal, source };
}

/** The accounts that Mode has in each group that holds something: of no other group are they needed. */
async function membersOfHolders(snapshot: FeedSnapshot): Promise<Map<string, string[]>> {
  const members = new Map<string, string[]>();
  if (snapshot.counts.resources === 0) return members;
  for await (const grants of snapshot.all('grants')) {
    for (const { principal } of grants) if (principal.type === 'group') members.set(principal.id, []);
  }
  if (members.size === 0) return members;
  for await (const grants of snapshot.all('grants')) {
    for (const { entitlementId, principal, observed } of grants) {
      const group = /^group:(.*):member$/.exec(entitlementId)?.[1];
      if (observed && group !== undefined) members.get(group)?.push(principal.id);
    }
  }
  return members;
}
