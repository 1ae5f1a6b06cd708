/** The feed's JSON, as it is described to readers. */
import { Type, type TSchema } from 'typebox';
import type { FeedKind } from './model.ts';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const Text = Nullable(Type.String());
const Instant = Nullable(Type.String({ format: 'date-time' }));

const Delivery = Type.Object({
  state: Type.Enum(['pending', 'applied', 'verified', 'blocked'], {
    description: 'How far the bridge is with it',
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
  state: Type.Enum(['active', 'invited', 'former', 'absent'], { description: 'On Mode' }),
  admin: Type.Boolean({ description: 'Workspace admin on Mode' }),
  owned: Type.Boolean({ description: 'Pushed by an IdP; false for a member of Mode whom nobody has pushed' }),
  managed_by_scim: Type.Boolean({ description: "Belongs to Mode's own SCIM" }),
  wanted: Nullable(
    Type.Object(
      { active: Type.Boolean(), admin: Nullable(Type.Boolean()) },
      { description: 'What the IdP wants; null when it says nothing of them' },
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
  member_count: Type.Integer({ description: 'Members that Mode has' }),
});

const Role = Type.Object({ id: Type.String(), name: Type.String() });

const Resource = Type.Object({
  type: Type.Enum(['collection', 'data_source']),
  id: Type.String({ description: "Mode's token" }),
  name: Type.String(),
  default_access: Nullable(
    Type.String({ description: 'What everybody in the workspace may do with it, e.g. view; null: nothing' }),
  ),
});

const Entitlement = Type.Object({
  id: Type.String({ description: '{resource type}:{resource id}:{slug}' }),
  resource_type: Type.Enum(['group', 'role', 'collection', 'data_source']),
  resource_id: Type.String(),
  slug: Type.String({ description: 'member, assigned, view, edit, query, manage, or another word of Mode' }),
  name: Type.String(),
  purpose: Type.Enum(['assignment', 'permission']),
});

const Grant = Type.Object({
  id: Type.String({ description: '{entitlement id}:{principal type}:{principal id}' }),
  entitlement_id: Type.String(),
  principal: Type.Object({ type: Type.Enum(['account', 'group']), id: Type.String() }),
  account_id: Nullable(Type.String({ description: 'The principal, when it is an account' })),
  wanted: Nullable(Type.Boolean({ description: 'The IdP wants it; null where an IdP has no say' })),
  observed: Type.Boolean({ description: 'Mode has it' }),
  source: Type.Union([
    Type.Enum(['direct', 'outside_idp'], {
      description: 'outside_idp: Mode has it, the IdP does not want it',
    }),
    Type.Object({ group: Type.String() }, { description: 'Held as a member of that group' }),
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
  snapshot: Type.String({ description: 'Give it as "snapshot" to read more of the same state' }),
  position: Type.String({ description: 'Where to go on reading changes after this state' }),
  generated_at: Type.String({ format: 'date-time' }),
  workspace: Type.String(),
};

/** It goes out as text: the type of its objects is of no use. */
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
    description: 'e.g. user.updated (the IdP said so), mode.member_changed (Mode has it so)',
  }),
  subject: Type.Union([
    Type.Object({ kind: Type.Enum(['user', 'group']), id: Type.String() }),
    Type.Null({ description: 'Something on Mode that the directory does not know' }),
  ]),
  data: Type.Record(Type.String(), Type.Unknown()),
});

export const ChangesPage = Type.Object({
  changes: Type.Array(ChangeEntry, { description: 'What happened, in order of commit' }),
  accounts: Type.Array(Account, { description: 'What the changes were about, as it is now' }),
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
        'What is gone. With an account, a group or a resource, all of its grants are; groups and resources take their entitlements along',
    },
  ),
  next: Type.String({ description: 'The cursor to ask with next: all up to it has been told' }),
  more: Type.Boolean({ description: 'There is more to read at once' }),
});

export const UNCHANGED = { description: 'As If-None-Match has it', type: 'null' };

export const EVENTS: TSchema = Type.String({
  description: 'Each event is named "changes", its id is "next", its data what JSON would be',
});
