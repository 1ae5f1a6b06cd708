/** What changes touched and is not there any more: pure. */
import type { TouchedState, Touched } from './feed-store.ts';
import { ADMIN_ROLE, entitlementId, grantId, type Principal, type Resource } from './model.ts';

export interface Tombstone {
  readonly type: 'account' | 'group' | Resource['type'] | 'grant';
  readonly id: string;
}

/**
 * What goes with an account, a group or a resource is not told again.
 * @param created accounts that are new: of those, nobody has been told anything before
 */
export function tombstonesOf(
  touched: Touched,
  { memberships, permissions, ...state }: TouchedState,
  created: ReadonlySet<string>,
): readonly Tombstone[] {
  const account = (id: string): Principal => ({ type: 'account', id });
  const holders = touched.holders.map((holder) => holder.userId);
  const there = new Set([
    ...state.accounts.map(({ id }) => `account:${id}`),
    ...state.groups.map(({ id }) => `group:${id}`),
    ...state.resources.map(({ type, id }) => `${type}:${id}`),
  ]);
  const gone = [
    ...[...touched.groups].map((id): Tombstone => ({ type: 'group', id })),
    ...[...new Set([...touched.accounts, ...holders])].map(account),
    ...touched.resources,
  ].filter(({ type, id }) => !there.has(`${type}:${id}`));
  const takenAlong = new Set(gone.map(({ type, id }) => `${type}:${id}`));
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
    .filter((one) => !takenAlong.has(`${one.principal.type}:${one.principal.id}`))
    // The id of an entitlement begins with what it is about.
    .filter((one) => !takenAlong.has(one.entitlementId.slice(0, one.entitlementId.lastIndexOf(':'))))
    .map((one) => grantId(one.entitlementId, one.principal));
  const told = new Set(state.grants.map((grant) => grant.id));
  const goneGrants = [...new Set(touchedGrants)].filter((id) => !told.has(id));
  return [
    ...gone.map(({ type, id }) => ({ type, id })),
    ...goneGrants.map((id): Tombstone => ({ type: 'grant', id })),
  ];
}
