/** The entitlements of the workspace: the admin role, and membership of each group. The feed uses the same ids. */
import { ENTITLEMENT, OKTA_ENTITLEMENT } from './urns.ts';

const ADMIN = 'role:admin:assigned';
const MEMBER = /^group:(.+):member$/s;

export interface EntitlementOptions {
  /** The base URL of the SCIM service, e.g. https://host/scim/v2. */
  readonly base: string;
  /** Also include the attributes of Okta's entitlement schema. */
  readonly forOkta: boolean;
}

export function adminEntitlement(options: EntitlementOptions) {
  return entitlement({ id: ADMIN, display: 'Workspace admin', type: 'role' }, options);
}

export function memberEntitlement(
  group: { readonly id: string; readonly displayName: string },
  options: EntitlementOptions,
) {
  const display = `Member of ${group.displayName}`;
  return entitlement({ id: `group:${group.id}:member`, display, type: 'group' }, options);
}

/** An entitlement that a user holds, as an element of `entitlements` of the User. */
export interface HeldEntitlement {
  readonly value: string;
  readonly display: string;
  readonly type: string;
}

export function heldEntitlements(
  admin: boolean,
  groups: readonly { readonly id: string; readonly displayName: string }[],
): readonly HeldEntitlement[] {
  const options = { base: '', forOkta: false };
  const held = [
    ...(admin ? [adminEntitlement(options)] : []),
    ...groups.map((group) => memberEntitlement(group, options)),
  ];
  return held.map(({ value, display, type }) => ({ value, display, type }));
}

/** @returns the group of the entitlement; `admin` for the role; undefined for an unknown id */
export function parseEntitlementId(id: string): { readonly groupId: string } | 'admin' | undefined {
  if (id === ADMIN) return 'admin';
  const groupId = MEMBER.exec(id)?.[1];
  return groupId === undefined ? undefined : { groupId };
}

function entitlement(
  { id, display, type }: { readonly id: string; readonly display: string; readonly type: 'group' | 'role' },
  { base, forOkta }: EntitlementOptions,
) {
  return {
    schemas: forOkta ? [ENTITLEMENT, OKTA_ENTITLEMENT] : [ENTITLEMENT],
    id,
    value: id,
    display,
    ...(forOkta ? { displayName: display } : {}),
    type,
    supported: true,
    limitedAssignmentsPermitted: false,
    meta: { resourceType: 'Entitlement', location: `${base}/Entitlements/${id}` },
  };
}
