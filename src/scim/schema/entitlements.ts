/** What people may have in the workspace, one by one, under the ids that the feed has: the admin role, and each group. */
import { ENTITLEMENT, OKTA_ENTITLEMENT } from './urns.ts';

const ADMIN = 'role:admin:assigned';
const MEMBER = /^group:(.+):member$/s;

/** @param base of the SCIM service, e.g. https://host/scim/v2 */
export function adminEntitlement(base: string) {
  return entitlement({ id: ADMIN, display: 'Workspace admin', type: 'role' }, base);
}

export function memberEntitlement(
  group: { readonly id: string; readonly displayName: string },
  base: string,
) {
  const display = `Member of ${group.displayName}`;
  return entitlement({ id: `group:${group.id}:member`, display, type: 'group' }, base);
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
  const held = [
    ...(admin ? [adminEntitlement('')] : []),
    ...groups.map((group) => memberEntitlement(group, '')),
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
  base: string,
) {
  return {
    schemas: [ENTITLEMENT, OKTA_ENTITLEMENT],
    id,
    value: id,
    display,
    displayName: display,
    type,
    supported: true,
    meta: { resourceType: 'Entitlement', location: `${base}/Entitlements/${id}` },
  };
}
