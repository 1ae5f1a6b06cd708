/** Connections and tokens. */
import { sql, type Selectable } from 'kysely';
import type { ConnectionStore } from '../../directory/access/connection-store.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { Token, TokenStore } from '../../directory/access/token.ts';
import type { Subject } from '../../directory/subject.ts';
import type { Engine } from '../engine/engine.ts';
import type { ConnectionsTable, TokensTable } from '../tables/access-tables.ts';

export function accessStore(engine: Engine): ConnectionStore & TokenStore {
  const { db, write } = engine;
  return {
    connection: async (id) => {
      const row = await db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toConnection(row);
    },
    connections: async () =>
      (await db.selectFrom('connections').selectAll().orderBy('id').execute()).map(toConnection),
    addConnection: async ({ id, workspace, name, state, createdAt }) => {
      const insert = db
        .insertInto('connections')
        .values({ id, workspace, name, state, created_at: createdAt });
      // Two bridges that start together make it once.
      await write([{ query: insert.onConflict((conflict) => conflict.doNothing()).compile() }]);
    },
    saveState: async (id, state) => {
      const update = db.updateTable('connections').set({ state }).where('id', '=', id);
      return (await write([{ query: update.compile(), expect: 1 }])) === 'committed';
    },
    owned: async (id) => ({
      users: await countOwned(engine, 'users', id),
      groups: await countOwned(engine, 'groups', id),
      leaving: await countLeaving(engine, id),
    }),
    ownedSubjects: async (id, limit) => {
      const users = await ownedOf(engine, 'users', id, limit);
      const groups = users.length < limit ? await ownedOf(engine, 'groups', id, limit - users.length) : [];
      return [...users, ...groups];
    },
    removeConnection: (id, at) => removeConnection(engine, id, at),

    findTokens: async (prefix) => {
      return (await db.selectFrom('tokens').selectAll().where('prefix', '=', prefix).execute()).map(toToken);
    },
    tokens: async () =>
      (await db.selectFrom('tokens').selectAll().orderBy('created_at').execute()).map(toToken),
    addToken: async ({ id, workspace, connectionId, kind, prefix, digest, label, createdAt, revokedAt }) => {
      const row = { id, workspace, kind, prefix, digest, label, connection_id: connectionId };
      const insert = db.insertInto('tokens').values({ ...row, created_at: createdAt, revoked_at: revokedAt });
      await write([{ query: insert.compile(), expect: 1 }]);
    },
    revokeToken: async (id, at) => {
      const revoke = db
        .updateTable('tokens')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null);
      return (await write([{ query: revoke.compile(), expect: 1 }])) === 'committed';
    },
  };
}

async function countOwned({ db }: Engine, table: 'users' | 'groups', id: string): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('owner_id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

async function countLeaving({ db }: Engine, id: string): Promise<number> {
  const { count } = await db
    .selectFrom('users')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('owner_id', '=', id)
    .where('leaving', '=', 1)
    .executeTakeFirstOrThrow();
  return count;
}

async function ownedOf(
  { db }: Engine,
  table: 'users' | 'groups',
  id: string,
  limit: number,
): Promise<Subject[]> {
  const query = db.selectFrom(table).select('id').where('owner_id', '=', id).where('deleted_at', 'is', null);
  const kind = table === 'users' ? 'user' : 'group';
  return (await query.limit(limit).execute()).map((row) => ({ kind, id: row.id }));
}

async function removeConnection({ db, write }: Engine, id: string, at: number): Promise<boolean> {
  const isEmpty = (table: 'users' | 'groups') =>
    sql<boolean>`not exists (select 1 from ${sql.table(table)} where owner_id = ${id} and deleted_at is null)`;
  const disown = { users: { owner_id: null, leaving: 0 }, groups: { owner_id: null } } as const;
  const remove = db
    .deleteFrom('connections')
    .where('id', '=', id)
    .where(isEmpty('users'))
    .where(isEmpty('groups'));
  const stop = db
    .updateTable('leavers')
    .set({ cancelled_at: at })
    .where('connection_id', '=', id)
    .where('verified_at', 'is', null)
    .where('cancelled_at', 'is', null);
  const outcome = await write([
    { query: stop.compile() },
    { query: db.deleteFrom('tokens').where('connection_id', '=', id).compile() },
    { query: db.deleteFrom('idp_profiles').where('connection_id', '=', id).compile() },
    { query: db.deleteFrom('idp_warnings').where('connection_id', '=', id).compile() },
    { query: db.deleteFrom('withdrawals').where('connection_id', '=', id).compile() },
    { query: db.deleteFrom('plans').where('connection_id', '=', id).compile() },
    { query: remove.compile(), expect: 1 },
    { query: db.updateTable('users').set(disown.users).where('owner_id', '=', id).compile() },
    { query: db.updateTable('groups').set(disown.groups).where('owner_id', '=', id).compile() },
  ]);
  return outcome === 'committed';
}

function toConnection(row: Selectable<ConnectionsTable>): Connection {
  return { id: row.id, workspace: row.workspace, name: row.name, state: row.state as Connection['state'] };
}

function toToken(row: Selectable<TokensTable>): Token {
  return {
    id: row.id,
    workspace: row.workspace,
    connectionId: row.connection_id,
    kind: row.kind as Token['kind'],
    prefix: row.prefix,
    digest: row.digest,
    label: row.label,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
