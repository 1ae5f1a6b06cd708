/** The bridge's own schemas: what it knows of a person or a group on Mode. Read-only. */
import SCIMMY from 'scimmy';
import type { Definition } from './resource-schema.ts';
import { ENTITLEMENT, MODE_GROUP, MODE_USER, ROLE } from './urns.ts';

const { Attribute, SchemaDefinition } = SCIMMY.Types;

const told = (type: 'string' | 'boolean' | 'integer', name: string, description: string) =>
  new Attribute(type, name, { mutable: false, description });

const delivery = [
  told('string', 'delivery', 'How far the bridge is with it: pending, applied, verified or blocked'),
  told('string', 'reason', 'Why it is not further'),
];

export const modeUserDefinition: Definition = new SchemaDefinition(
  'ModeUser',
  MODE_USER,
  'The person on Mode',
  [
    told('string', 'state', 'Whether Mode has the person: invited, active, former or absent'),
    told('string', 'username', "The person's name on Mode"),
    told('boolean', 'admin', 'Whether Mode has the person as an admin of the workspace'),
    told('boolean', 'managedByScim', "Whether the person belongs to Mode's own SCIM, and is left alone"),
    ...delivery,
  ],
);

export const modeGroupDefinition: Definition = new SchemaDefinition(
  'ModeGroup',
  MODE_GROUP,
  'The group on Mode',
  [
    told('string', 'token', "Mode's token of the group"),
    told('integer', 'memberCount', 'How many members there are, of which an answer shows the first'),
    ...delivery,
  ],
);

/** As draft-ietf-scim-roles-entitlements has them. */
const named = [
  new Attribute('string', 'value', {
    required: true,
    mutable: false,
    description: 'What stands in the list of a User',
  }),
  told('string', 'display', 'A name for people'),
  told('string', 'type', 'What kind it is'),
  told('boolean', 'supported', 'Whether it can be given'),
  told('boolean', 'limitedAssignmentsPermitted', 'Whether only a limited number of people can have it'),
];

export const roleDefinition: Definition = new SchemaDefinition(
  'Role',
  ROLE,
  'A role in the workspace',
  named,
);
export const entitlementDefinition: Definition = new SchemaDefinition(
  'Entitlement',
  ENTITLEMENT,
  'Something that a person may do in the workspace',
  named,
);

/** What Okta reads of a role or an entitlement (SCIM 2.0 with Entitlement Management). */
const namedForOkta = [
  told('string', 'displayName', 'A name for people'),
  told('string', 'description', 'What it allows'),
];

/** Under the draft's URNs, because scimmy takes no URN of a vendor: discovery gives them Okta's. */
export const oktaRoleDefinition: Definition = new SchemaDefinition(
  'OktaRole',
  ROLE,
  'A role in the workspace, as Okta reads it',
  namedForOkta,
);
export const oktaEntitlementDefinition: Definition = new SchemaDefinition(
  'OktaEntitlement',
  ENTITLEMENT,
  'Something that a person may do in the workspace, as Okta reads it',
  [...namedForOkta, told('string', 'type', 'What kind it is')],
);
