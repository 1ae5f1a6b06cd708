/** The bridge's own schemas: what it knows about a user or a group on Mode. Read-only. */
import SCIMMY from 'scimmy';
import type { Definition } from './resource-schema.ts';
import { ENTITLEMENT, MODE_GROUP, MODE_USER, ROLE } from './urns.ts';

const { Attribute, SchemaDefinition } = SCIMMY.Types;

const readOnly = (type: 'string' | 'boolean' | 'integer', name: string, description: string) =>
  new Attribute(type, name, { mutable: false, description });

const delivery = [
  readOnly(
    'string',
    'delivery',
    'The state of the delivery to Mode: pending, applied, verified, held or blocked',
  ),
  readOnly('string', 'reason', 'Why the delivery is in this state'),
  readOnly('string', 'reasonCode', 'The stable code of the reason'),
];

export const modeUserDefinition: Definition = new SchemaDefinition(
  'ModeUser',
  MODE_USER,
  'The user on Mode',
  [
    readOnly('string', 'state', 'The state of the user on Mode: invited, active, former or absent'),
    readOnly('string', 'username', "The user's username on Mode"),
    readOnly('boolean', 'admin', 'Whether the user is an admin of the workspace on Mode'),
    readOnly(
      'boolean',
      'managedByScim',
      "Whether Mode's own SCIM manages the user; the bridge then does not change the user",
    ),
    ...delivery,
  ],
);

export const modeGroupDefinition: Definition = new SchemaDefinition(
  'ModeGroup',
  MODE_GROUP,
  'The group on Mode',
  [
    readOnly('string', 'token', 'The token of the group on Mode'),
    readOnly('integer', 'memberCount', 'The number of members in the directory'),
    ...delivery,
  ],
);

/** The attributes of draft-ietf-scim-roles-entitlements. */
const named = [
  new Attribute('string', 'value', {
    required: true,
    mutable: false,
    description: 'The value in the list of a User',
  }),
  readOnly('string', 'display', 'The display name'),
  readOnly('string', 'type', 'The kind of role or entitlement'),
  readOnly('boolean', 'supported', 'Whether it can be assigned'),
  readOnly('boolean', 'limitedAssignmentsPermitted', 'Whether only a limited number of users can have it'),
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
  'An entitlement in the workspace',
  named,
);

/** The attributes that Okta reads (SCIM 2.0 with Entitlement Management). */
const namedForOkta = [
  readOnly('string', 'displayName', 'The display name'),
  readOnly('string', 'description', 'What the role or entitlement allows'),
];

/** These use the draft's URNs, because scimmy does not accept vendor URNs. Discovery replaces them with Okta's. */
export const oktaRoleDefinition: Definition = new SchemaDefinition(
  'OktaRole',
  ROLE,
  'A role in the workspace, as Okta reads it',
  namedForOkta,
);
export const oktaEntitlementDefinition: Definition = new SchemaDefinition(
  'OktaEntitlement',
  ENTITLEMENT,
  'An entitlement in the workspace, as Okta reads it',
  [...namedForOkta, readOnly('string', 'type', 'The kind of entitlement')],
);
