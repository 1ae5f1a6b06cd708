/**
 * Schemas of Mode's responses, written from Mode's API description and from recordings of clients that run against it.
 * They were written without reading the simulated Mode's code, so that they check it independently. Mode may send more
 * than it documents: unknown properties are allowed.
 */
import { Type, type TSchema } from 'typebox';

const Text = Type.String();
const Maybe = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Token = Type.String({ pattern: '^[0-9a-f]{12}$' });
/** Since January 2025 these numbers are sent as text. The API description still says number. */
const Id = Type.Union([Type.Integer(), Type.String({ pattern: '^[0-9]+$' })]);
const Count = Id;
/** The API description declares some booleans as text. */
const Flag = Type.Union([Type.Boolean(), Type.Enum(['true', 'false'])]);
const Instant = Type.String({ format: 'date-time' });
const Link = Type.Object({
  href: Type.String({ pattern: '^/' }),
  templated: Type.Optional(Type.Boolean()),
});

/** @param required relations that are always present @param optional relations that may be missing */
function links(required: readonly string[], optional: readonly string[] = []) {
  return Type.Object({
    ...Object.fromEntries(required.map((rel) => [rel, Link])),
    ...Object.fromEntries(optional.map((rel) => [rel, Type.Optional(Link)])),
  });
}

const Pagination = Type.Union([
  Type.Object({
    page: Type.Integer({ minimum: 1 }),
    per_page: Type.Integer({ minimum: 1, maximum: 30 }),
    count: Type.Integer({ minimum: 0 }),
    total_pages: Type.Integer({ minimum: 1 }),
    total_count: Type.Integer({ minimum: 0 }),
  }),
  Type.Object({
    first_page: Text,
    last_page: Text,
    total_pages: Type.Integer({ minimum: 1 }),
    total_count: Type.Integer({ minimum: 0 }),
  }),
]);

/** @param key name of the list under `_embedded` */
export function listOf(key: string, row: TSchema) {
  return Type.Object({
    _embedded: Type.Object({ [key]: Type.Array(row) }),
    _links: links(['self'], ['next_page', 'prev_page']),
    pagination: Type.Optional(Pagination),
  });
}

const MEMBERSHIP_STATES = ['active', 'pending', 'invited', 'requested', 'banned'];

export const Membership = Type.Object({
  admin: Type.Boolean(),
  invited: Type.Optional(Type.Boolean()),
  state: Type.Enum(MEMBERSHIP_STATES),
  member_username: Text,
  member_token: Token,
  activated_at: Maybe(Instant),
  managed_by_scim: Type.Optional(Type.Boolean()),
  // The token of the membership is only in its self link.
  token: Type.Optional(Type.Never()),
  email: Type.Optional(Type.Never()),
  _links: links(
    ['self', 'web_self', 'organization', 'groups'],
    ['user', 'web_self_unban', 'web_self_approve', 'web_self_confirm_destroy', 'web_self_download_profile'],
  ),
});

export const LiteMembership = Type.Object({
  email: Text,
  name: Text,
  username: Text,
  member_token: Token,
  state: Type.Enum(MEMBERSHIP_STATES),
  admin: Type.Boolean(),
  token: Type.Optional(Type.Never()),
});

const ACCOUNT = {
  username: Text,
  name: Text,
  id: Id,
  token: Token,
  dataset_size_limit_mb: Text,
  query_run_size_limit_mb: Text,
  avatar: Type.Object({ type: Text }),
  created_at: Instant,
};

export const User = Type.Object({
  ...ACCOUNT,
  user: Type.Literal(true),
  email: Type.Optional(Text),
  email_verified: Type.Optional(Type.Boolean()),
  _links: links(['self', 'web']),
});

export const Workspace = Type.Object({
  ...ACCOUNT,
  user: Type.Literal(false),
  plan_code: Type.Enum(['standard', 'plus', 'free']),
  trial_state: Type.Enum(['pending', 'active', 'expired']),
  membership_type: Type.Optional(Type.Enum(['admin', 'full'])),
  authorized_domains: Type.Optional(Type.Array(Text)),
  data_source_count: Type.Optional(Type.Integer()),
  space_count: Type.Optional(Type.Integer()),
  seat_limit_reached: Type.Optional(Type.Boolean()),
  org_seat_limit_reached: Type.Optional(Type.Boolean()),
  organization_restricted: Type.Optional(Flag),
  scim_enabled: Type.Optional(Flag),
  _links: links(
    ['self', 'new_invite_web'],
    [
      'memberships',
      'all_memberships',
      'admins',
      'memberships_lite',
      'groups',
      'group',
      'everyone_group',
      'spaces',
    ],
  ),
});

/** Fields that are only shown to callers with a key. */
export const KnownWorkspace = Type.Intersect([
  Workspace,
  Type.Object({
    seat_limit_reached: Type.Boolean(),
    org_seat_limit_reached: Type.Boolean(),
    organization_restricted: Flag,
    _links: links([], ['api_keys']),
  }),
]);

export const Verification = Type.Object({
  workspace: Text,
  workspace_token: Token,
  api_key_scope: Type.Enum(['workspace', 'member']),
  _links: links(['self']),
});

export const ApiKey = Type.Object({ token_name: Text, _links: links(['self'], ['member']) });

export const Invite = Type.Object({
  email: Text,
  message: Text,
  inviter_id: Id,
  invitee_id: Id,
  organization_id: Id,
  limited: Flag,
  created_at: Instant,
  expires_at: Instant,
  sent_at: Type.Optional(Instant),
  resent_at: Type.Optional(Instant),
  clicked_at: Type.Optional(Maybe(Instant)),
  accepted_at: Type.Optional(Maybe(Instant)),
  _links: links(['inviter', 'web_self_resend'], ['invitee']),
});

const GROUP = {
  token: Token,
  group_type: Text,
  name: Text,
  state: Type.Enum(['active', 'soft_deleted']),
  managed: Flag,
  member_count: Count,
  spaces_count: Count,
  _links: links(['self', 'web', 'group_memberships', 'membership_by_id', 'memberships_preview'], ['creator']),
};

/** As recorded in 2024. */
export const BareGroup = Type.Object({
  ...GROUP,
  description: Type.Optional(Type.Never()),
  data_sources_count: Type.Optional(Type.Never()),
});

/** As documented. */
export const Group = Type.Object({ ...GROUP, description: Maybe(Text), data_sources_count: Count });

export const GroupMembership = Type.Object({
  token: Token,
  member_token: Token,
  _links: links(['self', 'member', 'user_group'], ['creator']),
});

export const Space = Type.Object({
  token: Token,
  id: Id,
  space_type: Type.Enum(['private', 'community', 'custom']),
  name: Text,
  description: Maybe(Text),
  state: Text,
  restricted: Type.Literal(false),
  free_default: Flag,
  'viewable?': Flag,
  'viewed?': Type.Optional(Flag),
  default_access_level: Type.Enum(['view', 'edit', 'restricted']),
  _links: links(
    ['self', 'detail', 'reports', 'creator', 'search_space_permissions'],
    ['web', 'space_memberships', 'user_space_membership', 'preview_space_memberships', 'viewed'],
  ),
});

export const SpaceMembership = Type.Object({
  token: Token,
  member_token: Token,
  member_type: Type.Enum(['account', 'user_group', 'User', 'UserGroup']),
  member_id: Text,
  email: Type.Optional(Text),
  _links: links(['self', 'member'], ['creator']),
});

export const SearchedHolder = Type.Object({
  member_token: Token,
  member_type: Type.Enum(['User', 'UserGroup']),
});

const PERMISSION = { token: Token, _links: Type.Optional(links(['self'])) };
const HOLDER = Type.Union([
  Type.Object({ accessor_type: Type.Enum(['Account', 'UserGroup']), accessor_token: Token }),
  Type.Object({
    member_type: Type.Enum(['account', 'User', 'user_group', 'UserGroup']),
    member_token: Token,
  }),
]);

/** How a list names the holder is not documented. Both forms that related endpoints use are accepted. */
export const SpacePermission = Type.Intersect([
  Type.Object({ ...PERMISSION, action: Type.Enum(['view', 'edit']) }),
  HOLDER,
]);
export const DataSourcePermission = Type.Intersect([
  Type.Object({ ...PERMISSION, action: Type.Enum(['view', 'query', 'manage']) }),
  HOLDER,
]);

export const DataSource = Type.Object({
  id: Id,
  name: Text,
  description: Maybe(Text),
  token: Token,
  adapter: Type.String({ pattern: '^jdbc:' }),
  created_at: Instant,
  updated_at: Instant,
  has_expensive_schema_updates: Type.Boolean(),
  public: Type.Boolean(),
  asleep: Type.Boolean(),
  queryable: Type.Boolean(),
  soft_deleted: Type.Boolean(),
  display_name: Text,
  database: Maybe(Text),
  host: Maybe(Text),
  port: Type.Union([Type.Integer(), Text]),
  ssl: Type.Boolean(),
  username: Maybe(Text),
  provider: Maybe(Text),
  vendor: Maybe(Text),
  ldap: Type.Boolean(),
  warehouse: Maybe(Text),
  bridged: Type.Boolean(),
  adapter_version: Maybe(Text),
  custom_attributes: Type.Object({}),
  default_access_level: Type.Optional(Text),
  _links: links(['self', 'creator', 'account', 'web', 'web_home', 'permissions']),
});

export const SignatureToken = Type.Object({
  token: Token,
  name: Type.String({ minLength: 4, maxLength: 64 }),
  creator_id: Id,
  organization_id: Id,
  access_key: Text,
  access_secret: Text,
  created_at: Instant,
  updated_at: Instant,
  expires_at: Instant,
  authentication_for: Type.Literal('batch-api'),
  authorization_type: Type.Literal('read-only'),
});

export const BatchMembers = Type.Object({
  pagination: Type.Object({ page: Type.Integer(), total_pages: Type.Integer(), total_count: Type.Integer() }),
  members: Type.Array(
    Type.Object({
      id: Id,
      token: Token,
      state: Type.Enum(MEMBERSHIP_STATES),
      member_email: Text,
      member_token: Token,
      member_username: Text,
      banned_at: Maybe(Instant),
      activated_at: Maybe(Instant),
    }),
  ),
  _links: links([], ['next_page', 'prev_page']),
});

const AUDIT_ENTRY = Type.Object({
  id: Type.String({ format: 'uuid' }),
  action: Text,
  description: Text,
  context: Type.Object({}),
  actor: Type.Object({ ip: Text, user_agent: Text, user_id: Text, username: Text }),
  entity: Type.Object({ entity_name: Text, entity_type: Text, entity_id: Text }),
  timestamp: Instant,
  workspace_username: Text,
});
export const AuditLogs = Type.Union([
  Type.Object({ audit_logs: Type.Array(AUDIT_ENTRY), next_token: Type.Optional(Text) }),
  Type.Object({
    _embedded: Type.Object({ audit_logs: Type.Array(AUDIT_ENTRY) }),
    next_token: Type.Optional(Text),
  }),
]);

const error = (...ids: string[]) => Type.Object({ id: Type.Enum(ids), message: Text });

/** Error schemas by status. 422 is undocumented; clients have observed it, with messages by field. */
export const ERRORS: Readonly<Record<number, TSchema>> = {
  400: error('bad_request', 'param_missing'),
  401: error('unauthorized'),
  403: error('forbidden'),
  404: error('not_found'),
  413: error('payload_too_large'),
  422: Type.Object({ message: Type.Record(Text, Type.Array(Text)) }),
  429: error('rate_limited'),
  500: error('internal_server_error'),
  503: error('service_unavailable'),
};
