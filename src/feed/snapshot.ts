/**
 * The state of one workspace as governance tools read it: what Mode has, beside what the IdP wants. Pure.
 *
 * Ids never change form: an account and a group have the directory's id, an entitlement is
 * `group:{group id}:member` or `role:admin:assigned`, a grant is `{entitlement id}:account:{account id}`.
 */
import { Type, type Static } from 'typebox';
import type { AccountRow, FeedState, GroupRow } from './feed-store.ts';

const ADMIN = 'role:admin:assigned';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

const Delivery = Type.Object({
  state: Type.Enum(['pending', 'applied', 'verified', 'blocked'], {
    description: 'How far the bridge is with it',
  }),
  reason: Nullable(Type.String()),
});

const Account = Type.Object({
  id: Type.String(),
  email: Nullable(Type.String()),
  name: Nullable(Type.String()),
  user_name: Nullable(Type.String({ description: 'As the IdP sent it' })),
  state: Type.Enum(['active', 'invited', 'former', 'absent'], { description: 'On Mode' }),
  admin: Type.Boolean({ description: 'Workspace admin on Mode' }),
  owned: Type.Boolean({ description: 'Pushed by an IdP; false for a member of Mode whom nobody has pushed' }),
  wanted: Nullable(Type.Object({ active: Type.Boolean(), admin: Nullable(Type.Boolean()) })),
  delivery: Nullable(Delivery),
});

const Group = Type.Object({
  id: Type.String(),
  name: Type.String(),
  owned: Type.Boolean(),
  mode_token: Nullable(Type.String({ description: 'The token of the Mode group; null while there is none' })),
  member_count: Type.Integer({ description: 'Members that Mode has' }),
  delivery: Nullable(Delivery),
});

const Entitlement = Type.Object({
  id: Type.String(),
  resource_type: Type.Enum(['group', 'role']),
  resource_id: Type.String(),
  slug: Type.Enum(['member', 'assigned']),
  name: Type.String(),
});

const Grant = Type.Object({
  id: Type.String(),
  entitlement_id: Type.String(),
  account_id: Type.String(),
  wanted: Type.Boolean({ description: 'The IdP wants it' }),
  observed: Type.Boolean({ description: 'Mode has it' }),
});

export const Snapshot = Type.Object({
  position: Type.String({ description: 'Where to go on reading changes after this state' }),
  generated_at: Type.String({ format: 'date-time' }),
  workspace: Type.String(),
  accounts: Type.Array(Account),
  groups: Type.Array(Group),
  roles: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  entitlements: Type.Array(Entitlement),
  grants: Type.Array(Grant),
});
export type Snapshot = Static<typeof Snapshot>;

/** @param now milliseconds since the epoch */
export function renderSnapshot(workspace: string, state: FeedState, now: number): Snapshot {
  const memberCounts = new Map<string, number>();
  for (const { groupId, observed } of state.memberships) {
    if (observed) memberCounts.set(groupId, (memberCounts.get(groupId) ?? 0) + 1);
  }
  return {
    position: String(state.position),
    generated_at: new Date(now).toISOString(),
    workspace,
    accounts: state.accounts.map(renderAccount),
    groups: state.groups.map((group) => renderGroup(group, memberCounts.get(group.id) ?? 0)),
    roles: [{ id: 'admin', name: 'Admin' }],
    entitlements: [
      { id: ADMIN, resource_type: 'role', resource_id: 'admin', slug: 'assigned', name: 'Admin' },
      ...state.groups.map(({ id, name }) => {
        return {
          id: memberOf(id),
          resource_type: 'group',
          resource_id: id,
          slug: 'member',
          name: `Member of ${name}`,
        } as const;
      }),
    ],
    grants: [
      ...state.accounts.flatMap(adminGrant),
      ...state.memberships.map(({ groupId, userId, wanted, observed }) => {
        return grant(memberOf(groupId), userId, wanted, observed);
      }),
    ],
  };
}

function renderAccount({ id, wanted, owned, observed, delivery }: AccountRow): Snapshot['accounts'][number] {
  return {
    id,
    email: observed?.email ?? wanted?.email ?? null,
    name: observed?.name ?? wanted?.fullName ?? null,
    user_name: wanted?.userName ?? null,
    state: observed?.state ?? 'absent',
    admin: observed?.state === 'active' && observed.admin,
    owned,
    wanted: owned && wanted !== null ? { active: wanted.active, admin: wanted.admin } : null,
    delivery,
  };
}

function renderGroup(group: GroupRow, memberCount: number): Snapshot['groups'][number] {
  const { id, name, owned, groupToken, delivery } = group;
  return { id, name, owned, mode_token: groupToken, member_count: memberCount, delivery };
}

function adminGrant({ id, wanted, observed }: AccountRow): Snapshot['grants'] {
  const isWanted = wanted?.active === true && wanted.admin === true;
  const isObserved = observed?.state === 'active' && observed.admin;
  return isWanted || isObserved ? [grant(ADMIN, id, isWanted, isObserved)] : [];
}

function grant(
  entitlementId: string,
  accountId: string,
  wanted: boolean,
  observed: boolean,
): Snapshot['grants'][number] {
  return {
    id: `${entitlementId}:account:${accountId}`,
    entitlement_id: entitlementId,
    account_id: accountId,
    wanted,
    observed,
  };
}

function memberOf(groupId: string): string {
  return `group:${groupId}:member`;
}
