/** The roles that Mode has: the membership's admin flag, set or not. */
import { OKTA_ROLE, ROLE } from './urns.ts';

const ROLES = [
  {
    value: 'admin',
    display: 'Workspace admin',
    description: 'Manages people, groups and settings of the workspace',
  },
  { value: 'member', display: 'Member', description: 'Uses the workspace' },
] as const;

/**
 * @param base of the SCIM service, e.g. https://host/scim/v2
 * @param forOkta also what Okta's schema of a role has
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
