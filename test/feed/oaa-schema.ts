/**
 * The schema of Veza's custom application template, from its published documents and client. Fields that they do not name are
 * not allowed.
 */
import { Type, type TProperties, type TSchema } from 'typebox';

const strict = (properties: TProperties) => Type.Object(properties, { additionalProperties: false });
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
const list = <T extends TSchema>(schema: T) => Type.Array(schema);
const text = Type.String({ minLength: 1 });
/** RFC 3339. */
const time = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
});
const properties = Type.Record(
  Type.String({ pattern: '^[a-z][a-z_]*$' }),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.String())]),
);
const types = Type.Record(
  Type.String({ pattern: '^[a-z][a-z_]*$' }),
  Type.Enum(['BOOLEAN', 'NUMBER', 'STRING', 'STRING_LIST', 'TIMESTAMP']),
);
const access = Type.Enum([
  'DataRead',
  'DataWrite',
  'DataCreate',
  'DataDelete',
  'MetadataRead',
  'MetadataWrite',
  'MetadataCreate',
  'MetadataDelete',
  'NonData',
  'Uncategorized',
]);

export const OaaPayload = strict({
  custom_property_definition: strict({
    applications: list(
      strict({
        application_type: text,
        application_properties: types,
        local_user_properties: types,
        local_group_properties: types,
        local_role_properties: types,
        resources: list(strict({ resource_type: text, properties: types })),
      }),
    ),
  }),
  applications: list(
    strict({
      name: text,
      application_type: text,
      description: text,
      custom_properties: properties,
      local_users: list(
        strict({
          id: text,
          name: text,
          email: optional(text),
          identities: list(text),
          groups: list(text),
          is_active: Type.Boolean(),
          created_at: optional(time),
          last_login_at: optional(time),
          deactivated_at: optional(time),
          password_last_changed_at: optional(time),
          custom_properties: properties,
        }),
      ),
      local_groups: list(
        strict({ id: text, name: text, created_at: optional(time), custom_properties: properties }),
      ),
      local_roles: list(strict({ id: text, name: text, permissions: list(text) })),
      resources: list(strict({ id: text, name: text, resource_type: text })),
    }),
  ),
  permissions: list(
    strict({
      name: text,
      permission_type: list(access),
      apply_to_sub_resources: Type.Boolean(),
      resource_types: list(text),
    }),
  ),
  identity_to_permissions: list(
    strict({
      identity: text,
      identity_type: Type.Enum(['local_user', 'local_group', 'local_role', 'idp']),
      application_permissions: optional(
        list(strict({ application: text, permission: text, resources: list(text) })),
      ),
      role_assignments: optional(
        list(
          strict({
            application: text,
            role: text,
            apply_to_application: Type.Boolean(),
            resources: list(text),
          }),
        ),
      ),
    }),
  ),
});

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The parts that the tests use. */
export interface OaaDocument {
  readonly custom_property_definition: {
    readonly applications: readonly Record<string, Record<string, string>>[];
  };
  readonly applications: readonly [
    {
      readonly name: string;
      readonly custom_properties: Record<string, unknown>;
      readonly local_users: readonly (Named & {
        readonly groups: readonly string[];
        readonly is_active: boolean;
        readonly custom_properties: Record<string, unknown>;
      })[];
      readonly local_groups: readonly (Named & { readonly custom_properties: Record<string, unknown> })[];
      readonly local_roles: readonly (Named & { readonly permissions: readonly string[] })[];
      readonly resources: readonly (Named & { readonly resource_type: string })[];
    },
  ];
  readonly permissions: readonly {
    readonly name: string;
    readonly permission_type: readonly string[];
    readonly resource_types: readonly string[];
  }[];
  readonly identity_to_permissions: readonly {
    readonly identity: string;
    readonly identity_type: string;
    readonly application_permissions?: readonly { permission: string; resources: readonly string[] }[];
    readonly role_assignments?: readonly { role: string; apply_to_application: boolean }[];
  }[];
}
