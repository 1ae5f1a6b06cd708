/** The two roles of a Mode membership: with and without the admin flag. */
import { OKTA_ROLE, ROLE } from './urns.ts';

const ROLES = [
  {
    value: 'admin',
    display: 'Workspace admin',
    description: 'Manages users, groups and settings of the workspace',
  },
  { value: 'member', display: 'Member', description: 'Uses the workspace' },
] as const;

/**
 * @param base URL of the SCIM service, e.g. https://host/scim/v2
 * @param forOkta also include the attributes of Okta's role schema
 */
export function roles(base: string, forOkta: boolean) {
  return ROLES.map(({ value, display, description }) => ({
    schemas: forOkta ? [ROLE, OKTA_ROLE] : [ROLE],
    id: value,
    value,
    display,
    ...(forOkta ? { displayName: display, description } : {}),
    type: 'workspace',
    supported: true,
    limitedAssignmentsPermitted: false,
    meta: { resourceType: 'Role', location: `${base}/Roles/${value}` },
  }));
}
