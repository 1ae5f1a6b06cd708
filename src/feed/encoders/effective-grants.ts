/**
 * Expands the grants of groups to grants of their members on Mode, with the group as the source. If a member also has the
 * grant directly, only the direct grant is returned.
 */
import type { FeedSnapshot } from '../feed-snapshot.ts';
import { grantId, type Grant } from '../model.ts';

export async function* effectiveGrants(snapshot: FeedSnapshot): AsyncGenerator<readonly Grant[]> {
  const members = await membersOfHolders(snapshot);
  // Grants are in order of entitlement, accounts before groups, so the direct grants are known when the groups follow.
  let entitlement = '';
  let holders = new Set<string>();
  for await (const grants of snapshot.all('grants')) {
    const effective: Grant[] = [];
    for (const grant of grants) {
      if (grant.entitlementId !== entitlement) {
        entitlement = grant.entitlementId;
        holders = new Set();
      }
      if (grant.principal.type === 'account') {
        if (members.size > 0) holders.add(grant.principal.id);
        effective.push(grant);
        continue;
      }
      for (const id of members.get(grant.principal.id) ?? []) {
        if (holders.has(id)) continue;
        holders.add(id);
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

/** The members on Mode of each group that has a grant. */
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
