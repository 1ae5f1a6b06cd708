/** Finds what changes touched and no longer exists. Pure. */
import type { TouchedState, Touched } from './feed-store.ts';
import { ADMIN_ROLE, entitlementId, grantId, type Principal, type Resource } from './model.ts';

export interface Tombstone {
  readonly type: 'account' | 'group' | Resource['type'] | 'grant';
  readonly id: string;
}

/**
 * The grants of a removed account, group or resource have no tombstones of their own.
 * @param created new accounts: no reader has seen their grants before
 */
export function tombstonesOf(
  touched: Touched,
  { memberships, permissions, ...state }: TouchedState,
  created: ReadonlySet<string>,
): readonly Tombstone[] {
  const account = (id: string): Principal => ({ type: 'account', id });
  const holders = touched.holders.map((holder) => holder.userId);
  const existing = new Set([
    ...state.accounts.map(({ id }) => `account:${id}`),
    ...state.groups.map(({ id }) => `group:${id}`),
    ...state.resources.map(({ type, id }) => `${type}:${id}`),
  ]);
  const gone = [
    ...[...touched.groups].map((id): Tombstone => ({ type: 'group', id })),
    ...[...new Set([...touched.accounts, ...holders])].map(account),
    ...touched.resources,
  ].filter(({ type, id }) => !existing.has(`${type}:${id}`));
  const removed = new Set(gone.map(({ type, id }) => `${type}:${id}`));
  const admin = entitlementId('role', ADMIN_ROLE.id, 'assigned');
  const held = [
    ...memberships.map(({ groupId, userId }) => {
      return { entitlementId: entitlementId('group', groupId, 'member'), principal: account(userId) };
    }),
    ...holders.map((id) => ({ entitlementId: admin, principal: account(id) })),
    ...permissions,
  ];
  const touchedGrants = held
    .filter(({ principal }) => !created.has(principal.id))
    .filter(({ principal }) => !removed.has(`${principal.type}:${principal.id}`))
    // The id of an entitlement starts with the type and id of its resource.
    .filter(({ entitlementId: id }) => !removed.has(id.slice(0, id.lastIndexOf(':'))))
    .map((grant) => grantId(grant.entitlementId, grant.principal));
  const existingGrants = new Set(state.grants.map((grant) => grant.id));
  const goneGrants = [...new Set(touchedGrants)].filter((id) => !existingGrants.has(id));
  return [
    ...gone.map(({ type, id }) => ({ type, id })),
    ...goneGrants.map((id): Tombstone => ({ type: 'grant', id })),
  ];
}
