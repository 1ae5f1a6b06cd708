/** Converts each kind to its JSON form, with names in snake case and instants in RFC 3339. */
import type { Account, Entitlement, FeedKinds, Grant, Group, Resource, Role } from './model.ts';
import type { ChangedGroup } from './feed-store.ts';

export const wire: { readonly [K in keyof FeedKinds]: (item: FeedKinds[K]) => object } = {
  accounts: wireAccount,
  groups: (group) => ({ ...wireGroup(group), member_count: group.memberCount }),
  roles: ({ id, name }: Role) => ({ id, name }),
  resources: wireResource,
  entitlements: wireEntitlement,
  grants: wireGrant,
};

export function wireAccount(account: Account) {
  return {
    id: account.id,
    email: account.email,
    name: account.name,
    given_name: account.givenName,
    family_name: account.familyName,
    user_name: account.userName,
    external_id: account.externalId,
    mode_username: account.modeUsername,
    mode_token: account.memberToken,
    state: account.state,
    admin: account.admin,
    owned: account.owned,
    managed_by_scim: account.managedByScim,
    wanted: account.wanted,
    delivery: account.delivery,
    activated_at: instant(account.activatedAt),
    last_active_at: instant(account.lastActiveAt),
  };
}

export function wireGroup({ id, name, owned, externalId, modeToken, delivery }: Group | ChangedGroup) {
  return { id, name, owned, external_id: externalId, mode_token: modeToken, delivery };
}

export function wireResource({ type, id, name, defaultAccess }: Resource) {
  return { type, id, name, default_access: defaultAccess };
}

function wireEntitlement({ id, resourceType, resourceId, slug, name, purpose }: Entitlement) {
  return { id, resource_type: resourceType, resource_id: resourceId, slug, name, purpose };
}

export function wireGrant({ id, entitlementId, principal, wanted, observed, source }: Grant) {
  const account_id = principal.type === 'account' ? principal.id : null;
  return { id, entitlement_id: entitlementId, principal, account_id, wanted, observed, source };
}

export function instant(at: number): string;
export function instant(at: number | null): string | null;
export function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
