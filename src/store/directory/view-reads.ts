/** The state on Mode and the groups of resources, each with as few statements as possible. */
import { sql } from 'kysely';
import type { DeliveryView, ViewStore, UserView, UserOnMode } from '../../directory/view.ts';
import type { Engine } from '../engine/engine.ts';
import { jsonSql } from '../engine/json-sql.ts';
import { onLinkedAccount, onMailedAccount } from '../matching/matching-sql.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { prepared, slot } from '../engine/prepared.ts';
import { toUser, USER_COLUMNS } from '../tables/users.ts';
import { sentences } from '../../provisioning/reason/reason.ts';
import { toReasons } from '../tables/reasons.ts';

/** A job without a settled try. The stored delivery is about an earlier state. */
const isNew = sql<boolean>`jobs.verifying = 0 and jobs.parked = 0 and jobs.reason is null`;

const ALIASES = { users: 'users', links: 'links', linked: 'linked', mailed: 'mailed' };

export function viewReads(engine: Engine): ViewStore {
  const { db } = engine;
  const json = jsonSql(engine.name);
  const ids = sql<string>`${json.ids(slot('ids'))}`;

  const users = db
    .selectFrom('users')
    .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
    .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', 'users')))
    .leftJoin('jobs', (join) => join.on(ofSubject('jobs', 'users')).on(isNew))
    .leftJoin('observed_members as linked', (join) => join.on(onLinkedAccount(ALIASES)))
    .leftJoin('observed_members as mailed', (join) => join.on(onMailedAccount(ALIASES)))
    .select(['users.id', 'users.owner_id'])
    .select(['deliveries.state as delivery_state', 'deliveries.reason as delivery_reason'])
    .select('jobs.subject_id as waiting')
    .select((of) => [
      of.fn.coalesce('linked.state', 'mailed.state').as('state'),
      of.fn.coalesce('linked.username', 'mailed.username').as('username'),
      of.fn.coalesce('linked.admin', 'mailed.admin').as('target_admin'),
      of.fn.coalesce('linked.managed_by_scim', 'mailed.managed_by_scim').as('managed_by_scim'),
      sql<string>`(select ${json.pairs('groups.id', 'groups.display_name')} from group_members
        inner join groups on groups.id = group_members.group_id
        where group_members.user_id = users.id and groups.deleted_at is null)`.as('groups'),
    ])
    .where('users.workspace', '=', slot('workspace'));
  const oneUser = prepared(
    users
      .select(USER_COLUMNS.map((name) => `users.${name}` as const))
      .where('users.id', '=', slot('id'))
      .where('users.deleted_at', 'is', null),
  );
  const onlyUser = prepared(users.where('users.id', '=', slot('id')));
  const allUsers = prepared(users.where('users.id', 'in', ids));
  const groups = prepared(
    db
      .selectFrom('groups')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'groups')))
      .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', 'groups')))
      .leftJoin('jobs', (join) => join.on(ofSubject('jobs', 'groups')).on(isNew))
      .select(['groups.id', 'groups.owner_id', 'links.token'])
      .select(['deliveries.state as delivery_state', 'deliveries.reason as delivery_reason'])
      .select('jobs.subject_id as waiting')
      .select(sql<number>`(select count(*) from group_members where group_id = groups.id)`.as('member_count'))
      .where('groups.workspace', '=', slot('workspace'))
      .where('groups.id', 'in', ids),
  );

  return {
    user: async (workspace, id) => {
      const [row] = await engine.read(oneUser({ workspace, id }));
      return row === undefined ? undefined : { user: toUser(row), ...toView(row) };
    },
    users: async (workspace, wanted) => {
      const [id] = wanted;
      const query =
        wanted.length === 1
          ? onlyUser({ workspace, id })
          : allUsers({ workspace, ids: JSON.stringify(wanted) });
      return new Map((await engine.read(query)).map((row) => [row.id, toView(row)]));
    },
    groups: async (workspace, wanted) => {
      const rows = await engine.read(groups({ workspace, ids: JSON.stringify(wanted) }));
      return new Map(
        rows.map((row) => {
          const { id, token, member_count: memberCount } = row;
          return [id, { token, memberCount, delivery: deliveryOf(row) }];
        }),
      );
    },
  };
}

interface DeliveryRow {
  readonly owner_id: string | null;
  readonly delivery_state: string | null;
  readonly delivery_reason: string | null;
  /** Not null while a job for the newest state waits or runs. */
  readonly waiting: string | null;
}

interface ShownRow extends DeliveryRow {
  readonly state: string | null;
  readonly username: string | null;
  readonly target_admin: number | null;
  readonly managed_by_scim: number | null;
  /** A JSON list of pairs. */
  readonly groups: string;
}

function toView(row: ShownRow): UserView {
  const pairs = row.groups === '[]' ? [] : (JSON.parse(row.groups) as [string, string][]);
  return {
    groups: pairs
      .map(([id, displayName]) => ({ id, displayName }))
      .sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
    onMode: {
      state: (row.state ?? 'absent') as UserOnMode['state'],
      username: row.username,
      admin: row.target_admin === 1,
      managedByScim: row.managed_by_scim === 1,
      delivery: deliveryOf(row),
    },
  };
}

const NO_DELIVERY: DeliveryView = { state: null, reason: null, reasonCode: null };

function deliveryOf(row: DeliveryRow): DeliveryView {
  if (row.owner_id === null) return NO_DELIVERY;
  if (row.waiting !== null || row.delivery_state === null) return { ...NO_DELIVERY, state: 'pending' };
  const reasons = toReasons(row.delivery_reason);
  return {
    state: row.delivery_state,
    reason: sentences(reasons),
    reasonCode: reasons[0]?.code ?? null,
  };
}
