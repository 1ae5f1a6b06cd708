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

/** @param base of the SCIM service, e.g. https://host/scim/v2 */
export function roles(base: string) {
  return ROLES.map(({ value, display, description }) => ({
    schemas: [ROLE, OKTA_ROLE],
    id: value,
    value,
    display,
    displayName: display,
    description,
    type: 'workspace',
    supported: true,
    meta: { resourceType: 'Role', location: `${base}/Roles/${value}` },
  }));
}
