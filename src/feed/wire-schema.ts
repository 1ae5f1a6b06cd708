/** The schemas of the feed's JSON. */
import { Type, type TSchema } from 'typebox';
import type { FeedKind } from './model.ts';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const Text = Nullable(Type.String());
const Instant = Nullable(Type.String({ format: 'date-time' }));

const Delivery = Type.Object({
  state: Type.Enum(['pending', 'applied', 'verified', 'blocked'], {
    description: 'The state of the delivery to Mode',
  }),
  reason: Text,
});

const Account = Type.Object({
  id: Type.String(),
  email: Text,
  name: Text,
  given_name: Text,
  family_name: Text,
  user_name: Nullable(Type.String({ description: 'As the IdP sent it' })),
  external_id: Nullable(Type.String({ description: "The IdP's id" })),
  mode_username: Text,
  mode_token: Nullable(Type.String({ description: 'The token of the account on Mode' })),
  state: Type.Enum(['active', 'invited', 'former', 'absent'], { description: 'The state on Mode' }),
  admin: Type.Boolean({ description: 'Workspace admin on Mode' }),
  owned: Type.Boolean({
    description: 'Whether an IdP has pushed the user; false for an unmanaged member of Mode',
  }),
  managed_by_scim: Type.Boolean({ description: "Managed by Mode's own SCIM" }),
  wanted: Nullable(
    Type.Object(
      { active: Type.Boolean(), admin: Nullable(Type.Boolean()) },
      { description: 'What the IdP wants; null if the IdP does not have the user' },
    ),
  ),
  delivery: Nullable(Delivery),
  activated_at: Instant,
  last_active_at: Instant,
});

const changedGroup = {
  id: Type.String(),
  name: Type.String(),
  owned: Type.Boolean(),
  external_id: Text,
  mode_token: Nullable(Type.String({ description: 'The token of the Mode group; null while there is none' })),
  delivery: Nullable(Delivery),
};
const Group = Type.Object({
  ...changedGroup,
  member_count: Type.Integer({ description: 'The number of members on Mode' }),
});

const Role = Type.Object({ id: Type.String(), name: Type.String() });

const Resource = Type.Object({
  type: Type.Enum(['collection', 'data_source']),
  id: Type.String({ description: "Mode's token" }),
  name: Type.String(),
  default_access: Nullable(
    Type.String({ description: 'What everyone in the workspace may do with it, e.g. view; null: nothing' }),
  ),
});

const Entitlement = Type.Object({
  id: Type.String({ description: '{resource type}:{resource id}:{slug}' }),
  resource_type: Type.Enum(['group', 'role', 'collection', 'data_source']),
  resource_id: Type.String(),
  slug: Type.String({ description: 'member, assigned, view, edit, query, manage, or another level of Mode' }),
  name: Type.String(),
  purpose: Type.Enum(['assignment', 'permission']),
});

const Grant = Type.Object({
  id: Type.String({ description: '{entitlement id}:{principal type}:{principal id}' }),
  entitlement_id: Type.String(),
  principal: Type.Object({ type: Type.Enum(['account', 'group']), id: Type.String() }),
  account_id: Nullable(Type.String({ description: 'The id of the principal if it is an account' })),
  wanted: Nullable(
    Type.Boolean({ description: 'Whether the IdP wants the grant; null if an IdP cannot decide it' }),
  ),
  observed: Type.Boolean({ description: 'Whether Mode has the grant' }),
  source: Type.Union([
    Type.Enum(['direct', 'outside_idp'], {
      description: 'outside_idp: the grant is on Mode, and the IdP does not want it',
    }),
    Type.Object(
      { group: Type.String() },
      { description: 'The account has the grant as a member of this group' },
    ),
  ]),
});

const ITEMS = {
  accounts: Account,
  groups: Group,
  roles: Role,
  resources: Resource,
  entitlements: Entitlement,
  grants: Grant,
} as const satisfies Record<FeedKind, TSchema>;

const header = {
  snapshot: Type.String({ description: 'Pass it as "snapshot" to read more of the same state' }),
  position: Type.String({ description: 'Pass it as "after" to read the changes after this state' }),
  generated_at: Type.String({ format: 'date-time' }),
  workspace: Type.String(),
};

/** The response is written as text, so its TypeScript type is not needed. */
export const WholeSnapshot: TSchema = Type.Object({
  ...header,
  accounts: Type.Array(Account),
  groups: Type.Array(Group),
  roles: Type.Array(Role),
  resources: Type.Array(Resource),
  entitlements: Type.Array(Entitlement),
  grants: Type.Array(Grant),
});

export function pageOf(kind: FeedKind): TSchema {
  return Type.Object({
    ...header,
    total: Type.Integer({ description: 'Items of this kind in the snapshot' }),
    items: Type.Array(ITEMS[kind]),
    next_cursor: Nullable(Type.String({ description: 'The cursor of the next page; null on the last one' })),
  });
}

const ChangeEntry = Type.Object({
  position: Type.String(),
  at: Type.String({ format: 'date-time' }),
  kind: Type.String({
    description: 'e.g. user.updated (by the IdP), mode.member_changed (found on Mode)',
  }),
  subject: Type.Union([
    Type.Object({ kind: Type.Enum(['user', 'group']), id: Type.String() }),
    Type.Null({ description: 'An object on Mode that is not in the directory' }),
  ]),
  data: Type.Record(Type.String(), Type.Unknown()),
});

export const ChangesPage = Type.Object({
  changes: Type.Array(ChangeEntry, { description: 'The changes in commit order' }),
  accounts: Type.Array(Account, {
    description: 'The current state of the accounts that the changes were about',
  }),
  groups: Type.Array(Type.Object(changedGroup)),
  resources: Type.Array(Resource),
  grants: Type.Array(Grant),
  tombstones: Type.Array(
    Type.Object({
      type: Type.Enum(['account', 'group', 'collection', 'data_source', 'grant']),
      id: Type.String(),
    }),
    {
      description:
        'What no longer exists. If an account, a group or a resource is gone, all of its grants are gone, too, and the entitlements of the group or resource',
    },
  ),
  next: Type.String({ description: 'The cursor for the next request' }),
  more: Type.Boolean({ description: 'Whether there are more changes to read now' }),
});

export const UNCHANGED = { description: 'The content matches If-None-Match', type: 'null' };

export const EVENTS: TSchema = Type.String({
  description: 'Each event has the name "changes", the id "next", and the JSON response as its data',
});
