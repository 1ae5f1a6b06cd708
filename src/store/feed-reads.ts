/** One consistent state for the feed, and the change log from a position on. */
import type { Attributes } from '../directory/attributes.ts';
import type { Change, ChangeKind } from '../directory/change.ts';
import type { AccountRow, FeedStore, GroupRow, MembershipRow } from '../feed/feed-store.ts';
import type { Delivery } from '../provisioning/delivery.ts';
import type { Engine } from './engine.ts';
import { ofSubject } from './of-subject.ts';
import { toMember } from './rows.ts';
import type {
  ChangesTable,
  GroupsTable,
  ObservedGroupMembersTable,
  ObservedMembersTable,
  UsersTable,
} from './schema.ts';

interface WithState {
  delivery_state: string | null;
  delivery_reason: string | null;
  token: string | null;
}
type UserRow = UsersTable & WithState;
type GroupRowRead = GroupsTable & WithState;

export function feedReads(engine: Engine): FeedStore {
  const { db } = engine;

  const withState = (table: 'users' | 'groups', workspace: string) =>
    db
      .selectFrom(table)
      .leftJoin('links', (join) => join.on(ofSubject('links', table)))
      .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', table)))
      .selectAll(table)
      .select(['links.token', 'deliveries.state as delivery_state', 'deliveries.reason as delivery_reason'])
      .where(`${table}.workspace`, '=', workspace)
      .orderBy(`${table}.created_at`)
      .orderBy(`${table}.id`);

  const newest = (workspace: string) =>
    db
      .selectFrom('changes')
      .select('position')
      .where('workspace', '=', workspace)
      .orderBy('position', 'desc')
      .limit(1);

  return {
    async snapshot(workspace) {
      const [position, users, groups, wanted, members, groupMembers] = await engine.readTogether([
        newest(workspace).compile(),
        withState('users', workspace).compile(),
        withState('groups', workspace).where('groups.deleted_at', 'is', null).compile(),
        db
          .selectFrom('group_members')
          .innerJoin('users', 'users.id', 'group_members.user_id')
          .innerJoin('groups', 'groups.id', 'group_members.group_id')
          .select(['group_id', 'user_id', 'active'])
          // Of what nobody has pushed, nothing is wanted by an IdP.
          .where('groups.owner_id', 'is not', null)
          .where('users.workspace', '=', workspace)
          .where('users.deleted_at', 'is', null)
          .compile(),
        db.selectFrom('observed_members').selectAll().where('workspace', '=', workspace).compile(),
        db.selectFrom('observed_group_members').selectAll().where('workspace', '=', workspace).compile(),
      ]);
      const accounts = accountRows(
        users as unknown as UserRow[],
        members as unknown as ObservedMembersTable[],
      );
      return {
        position: Number(position?.[0]?.['position'] ?? 0),
        accounts,
        groups: (groups as unknown as GroupRowRead[]).map(groupRow),
        memberships: membershipRows(
          wanted as unknown as { group_id: string; user_id: string; active: number }[],
          groups as unknown as GroupRowRead[],
          accounts,
          groupMembers as unknown as ObservedGroupMembersTable[],
        ),
      };
    },

    async changesAfter(workspace, position, limit) {
      const query = db.selectFrom('changes').selectAll().where('workspace', '=', workspace);
      const rows = await query.where('position', '>', position).orderBy('position').limit(limit).execute();
      return rows.map(toChange);
    },

    async lastPosition(workspace) {
      return (await newest(workspace).executeTakeFirst())?.position ?? 0;
    },
  };
}

/** A deleted user is told for as long as Mode still has them. */
function accountRows(users: readonly UserRow[], members: readonly ObservedMembersTable[]): AccountRow[] {
  const byKey = new Map(members.map((member) => [member.member_key, member]));
  const byEmail = Map.groupBy(members, (member) => member.email_key);
  const taken = new Set(users.flatMap((user) => user.token ?? []));
  return users.flatMap((user): AccountRow[] => {
    const linked = user.token === null ? undefined : byKey.get(user.token);
    const mailed = user.email_key === null ? [] : (byEmail.get(user.email_key) ?? []);
    // Somebody else's account is not this user's, whatever the address says.
    const free = mailed.filter((member) => member.member_token === null || !taken.has(member.member_token));
    const row = linked ?? (free.length === 1 ? free[0] : undefined);
    const observed = row === undefined ? null : toMember(row);
    const deleted = user.deleted_at !== null;
    if (deleted && (user.owner_id === null || observed === null || observed.state === 'former')) return [];
    const { user_name: userName, email, full_name: fullName } = user;
    const wanted = {
      userName,
      email,
      fullName,
      active: user.active === 1,
      admin: user.admin === null ? null : user.admin === 1,
    };
    return [
      {
        id: user.id,
        wanted: deleted ? null : wanted,
        owned: user.owner_id !== null,
        observed,
        delivery: deliveryOf(user),
      },
    ];
  });
}

function groupRow(group: GroupRowRead): GroupRow {
  return {
    id: group.id,
    name: group.display_name,
    owned: group.owner_id !== null,
    groupToken: group.token,
    delivery: deliveryOf(group),
  };
}

function membershipRows(
  wanted: readonly { group_id: string; user_id: string; active: number }[],
  groups: readonly GroupRowRead[],
  accounts: readonly AccountRow[],
  observed: readonly ObservedGroupMembersTable[],
): MembershipRow[] {
  const groupIds = new Map(
    groups.flatMap((group) => (group.token === null ? [] : [[group.token, group.id]])),
  );
  const userIds = new Map(
    accounts.flatMap((account) =>
      account.observed?.memberToken ? [[account.observed.memberToken, account.id]] : [],
    ),
  );
  const rows = new Map<string, MembershipRow>();
  for (const { group_id: groupId, user_id: userId, active } of wanted) {
    rows.set(`${groupId} ${userId}`, { groupId, userId, wanted: active === 1, observed: false });
  }
  for (const row of observed) {
    const groupId = groupIds.get(row.group_token);
    const userId = userIds.get(row.member_token);
    if (groupId === undefined || userId === undefined) continue;
    const key = `${groupId} ${userId}`;
    rows.set(key, { groupId, userId, wanted: rows.get(key)?.wanted ?? false, observed: true });
  }
  return [...rows.values()].filter((row) => row.wanted || row.observed);
}

function deliveryOf(row: WithState): Delivery | null {
  if (row.delivery_state === null) return null;
  return { state: row.delivery_state as Delivery['state'], reason: row.delivery_reason };
}

function toChange(row: Omit<ChangesTable, 'position'> & { position: number }): Change {
  const { position, workspace, at, subject_kind: kind, subject_id: id } = row;
  return {
    position,
    workspace,
    at,
    kind: row.kind as ChangeKind,
    subject: id === null ? null : { kind: kind as 'user' | 'group', id },
    data: JSON.parse(row.data) as Attributes,
  };
}
