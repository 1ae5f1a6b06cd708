/** Resources as they are answered: what the IdP sent, with what the bridge adds. */
import type { Attributes } from '../../directory/attributes.ts';
import type { Group, Member } from '../../directory/group.ts';
import type { User } from '../../directory/user.ts';
import { ENTERPRISE, GROUP, LIST_RESPONSE, USER } from '../schema/urns.ts';

/** @param base of the SCIM service, e.g. https://host/scim/v2 */
export function renderUser(
  user: User,
  groups: readonly { id: string; displayName: string }[],
  base: string,
): Attributes {
  const extensions = Object.keys(user.attributes).filter(
    (key) => key.startsWith('urn:') && key !== ENTERPRISE,
  );
  const hasEnterprise = ENTERPRISE in user.attributes;
  return {
    schemas: [USER, ...(hasEnterprise ? [ENTERPRISE] : []), ...extensions],
    id: user.id,
    ...user.attributes,
    ...(groups.length === 0
      ? {}
      : { groups: groups.map((group) => reference(group.id, group.displayName, 'Groups', base)) }),
    meta: meta('User', user, base),
  };
}

/** @param members undefined: not asked for */
export function renderGroup(group: Group, members: readonly Member[] | undefined, base: string): Attributes {
  return {
    schemas: [GROUP],
    id: group.id,
    ...group.attributes,
    ...(members === undefined
      ? {}
      : {
          members: members.map((member) => ({
            ...reference(member.userId, member.display, 'Users', base),
            type: 'User',
          })),
        }),
    meta: meta('Group', group, base),
  };
}

/** @param startIndex one-based */
export function listResponse(resources: readonly Attributes[], totalResults: number, startIndex: number) {
  return {
    schemas: [LIST_RESPONSE],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

export function etag({ version }: { readonly version: number }): string {
  return `W/"${version}"`;
}

function meta(resourceType: 'User' | 'Group', resource: User | Group, base: string): Attributes {
  return {
    resourceType,
    created: new Date(resource.createdAt).toISOString(),
    lastModified: new Date(resource.updatedAt).toISOString(),
    location: `${base}/${resourceType}s/${resource.id}`,
    version: etag(resource),
  };
}

function reference(value: string, display: string, endpoint: string, base: string): Attributes {
  return { value, display, $ref: `${base}/${endpoint}/${value}` };
}
