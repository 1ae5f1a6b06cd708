/** Connections and tokens. */
import { sql, type Selectable } from 'kysely';
import type { ConnectionStore } from '../../directory/access/connection-store.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { Token, TokenStore } from '../../directory/access/token.ts';
import type { Decided } from '../../directory/decision.ts';
import type { Subject } from '../../directory/subject.ts';
import { changeStatements } from '../log/change-statements.ts';
import type { Engine } from '../engine/engine.ts';
import type { ConnectionsTable, TokensTable } from '../tables/access-tables.ts';

export function accessStore(engine: Engine): ConnectionStore & TokenStore {
  const { db, write } = engine;
  const changed = changeStatements(engine);

  const connectionRow = (id: string) =>
    db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();

  return {
    connection: async (id) => {
      const row = await connectionRow(id);
      return row === undefined ? undefined : toConnection(row);
    },
    connections: async () =>
      (await db.selectFrom('connections').selectAll().orderBy('id').execute()).map(toConnection),
    addConnection: async ({ id, workspace, name, state, createdAt }, by = null) => {
      const row = { id, workspace, name, state, created_at: createdAt };
      const data = { connection: id, name, state, by };
      // Two bridges that start together make it once: the other one's write is a conflict.
      await write([
        { query: db.insertInto('connections').values(row).compile() },
        ...changed(workspace, createdAt, [{ kind: 'connection.added', subject: null, data }]),
      ]);
    },
    saveState: async (id, state, { by = null, at }) => {
      const row = await connectionRow(id);
      if (row === undefined) return false;
      if (row.state === state) return true;
      const data = { connection: id, before: row.state, state, plan: null, by };
      const update = db.updateTable('connections').set({ state }).where('id', '=', id);
      const statements = [
        { query: update.compile(), expect: 1 },
        ...changed(row.workspace, at, [{ kind: 'connection.state_changed', subject: null, data }]),
      ];
      return (await write(statements)) === 'committed';
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
    removeConnection: (id, decided) => removeConnection(engine, id, decided),

    findTokens: async (prefix) => {
      return (await db.selectFrom('tokens').selectAll().where('prefix', '=', prefix).execute()).map(toToken);
    },
    tokens: async () =>
      (await db.selectFrom('tokens').selectAll().orderBy('created_at').execute()).map(toToken),
    addToken: async (token, by = null) => {
      const { id, workspace, connectionId, kind, prefix, digest, label, createdAt, revokedAt } = token;
      const row = { id, workspace, kind, prefix, digest, label, connection_id: connectionId };
      const insert = db.insertInto('tokens').values({ ...row, created_at: createdAt, revoked_at: revokedAt });
      const data = { token: id, opens: kind, connection: connectionId, label, by };
      await write([
        { query: insert.compile(), expect: 1 },
        ...changed(workspace, createdAt, [{ kind: 'token.created', subject: null, data }]),
      ]);
    },
    revokeToken: async (id, at, by = null) => {
      const token = await db.selectFrom('tokens').select('workspace').where('id', '=', id).executeTakeFirst();
      if (token === undefined) return false;
      const revoke = db
        .updateTable('tokens')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null);
      const statements = [
        { query: revoke.compile(), expect: 1 },
        ...changed(token.workspace, at, [{ kind: 'token.revoked', subject: null, data: { token: id, by } }]),
      ];
      return (await write(statements)) === 'committed';
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

async function removeConnection(engine: Engine, id: string, { by = null, at }: Decided): Promise<boolean> {
  const { db, write } = engine;
  const found = db.selectFrom('connections').select('workspace').where('id', '=', id);
  const connection = await found.executeTakeFirst();
  if (connection === undefined) return false;
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
    { query: db.deleteFrom('undo_plans').where('connection_id', '=', id).compile() },
    { query: remove.compile(), expect: 1 },
    { query: db.updateTable('users').set(disown.users).where('owner_id', '=', id).compile() },
    { query: db.updateTable('groups').set(disown.groups).where('owner_id', '=', id).compile() },
    ...changeStatements(engine)(connection.workspace, at, [
      { kind: 'connection.removed', subject: null, data: { connection: id, by } },
    ]),
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
