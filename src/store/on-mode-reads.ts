/** What is known of users and groups on Mode, to be shown beside what the IdP said. */
import { sql } from 'kysely';
import type { DeliveryShown, OnModeStore, UserOnMode } from '../directory/on-mode.ts';
import type { Engine } from './engine.ts';
import { jsonSql } from './json-sql.ts';
import { ofSubject } from './of-subject.ts';
import { prepared, slot } from './prepared.ts';

export function onModeReads(engine: Engine): OnModeStore {
  const { db } = engine;
  const ids = sql<string>`${jsonSql(engine.name).ids(slot('ids'))}`;

  const users = db
    .selectFrom('users')
    .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
    .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', 'users')))
    .leftJoin('observed_members as linked', (join) =>
      join.onRef('linked.workspace', '=', 'users.workspace').onRef('linked.member_key', '=', 'links.token'),
    )
    .leftJoin('observed_members as mailed', (join) =>
      join
        .onRef('mailed.workspace', '=', 'users.workspace')
        .onRef('mailed.email_key', '=', 'users.email_key')
        .on('links.token', 'is', null)
        // Somebody else's account is not this user's, whatever the address says.
        .on(
          sql<boolean>`not exists (select 1 from links as other where other.workspace = users.workspace
              and other.kind = 'user' and other.token = mailed.member_token)`,
        ),
    )
    .select(['users.id', 'users.owner_id'])
    .select(['deliveries.state as delivery_state', 'deliveries.reason as delivery_reason'])
    .select((of) => [
      of.fn.coalesce('linked.state', 'mailed.state').as('state'),
      of.fn.coalesce('linked.username', 'mailed.username').as('username'),
      of.fn.coalesce('linked.admin', 'mailed.admin').as('admin'),
      of.fn.coalesce('linked.managed_by_scim', 'mailed.managed_by_scim').as('managed_by_scim'),
    ])
    .where('users.workspace', '=', slot('workspace'));
  const groups = db
    .selectFrom('groups')
    .leftJoin('links', (join) => join.on(ofSubject('links', 'groups')))
    .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', 'groups')))
    .select(['groups.id', 'groups.owner_id', 'links.token'])
    .select(['deliveries.state as delivery_state', 'deliveries.reason as delivery_reason'])
    .where('groups.workspace', '=', slot('workspace'));
  const oneUser = prepared(users.where('users.id', '=', slot('id')));
  const allUsers = prepared(users.where('users.id', 'in', ids));
  const oneGroup = prepared(groups.where('groups.id', '=', slot('id')));
  const allGroups = prepared(groups.where('groups.id', 'in', ids));

  return {
    usersOnMode: async (workspace, wanted) => {
      const rows = await engine.read(
        wanted.length === 1
          ? oneUser({ workspace, id: wanted[0] })
          : allUsers({ workspace, ids: JSON.stringify(wanted) }),
      );
      return new Map(
        rows.map((row): [string, UserOnMode] => [
          row.id,
          {
            state: (row.state ?? 'absent') as UserOnMode['state'],
            username: row.username,
            admin: row.admin === 1,
            managedByScim: row.managed_by_scim === 1,
            delivery: deliveryOf(row),
          },
        ]),
      );
    },
    groupsOnMode: async (workspace, wanted) => {
      const rows = await engine.read(
        wanted.length === 1
          ? oneGroup({ workspace, id: wanted[0] })
          : allGroups({ workspace, ids: JSON.stringify(wanted) }),
      );
      return new Map(rows.map((row) => [row.id, { token: row.token, delivery: deliveryOf(row) }]));
    },
  };
}

/** What has just been pushed has no delivery yet: it is to come. */
function deliveryOf(row: {
  readonly owner_id: string | null;
  readonly delivery_state: string | null;
  readonly delivery_reason: string | null;
}): DeliveryShown {
  if (row.owner_id === null) return { state: null, reason: null };
  return { state: row.delivery_state ?? 'pending', reason: row.delivery_reason };
}
