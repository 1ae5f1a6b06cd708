/** What people may have in the workspace, one by one, under the ids that the feed has: the admin role, and each group. */
import { ENTITLEMENT, OKTA_ENTITLEMENT } from './urns.ts';

const ADMIN = 'role:admin:assigned';
const MEMBER = /^group:(.+):member$/s;

export interface EntitlementOptions {
  /** The base URL of the SCIM service, e.g. https://host/scim/v2. */
  readonly base: string;
  /** Also what Okta's schema of an entitlement has. */
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

/** What a person holds, as it stands in the list `entitlements` of a User. */
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

/** Which group an entitlement is about; `admin` for the role; undefined for what is none. */
export function entitled(id: string): { readonly groupId: string } | 'admin' | undefined {
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
