/** Connections and tokens. */
import { sql, type Selectable } from 'kysely';
import type { ConnectionStore } from '../../directory/access/connection-store.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { Token, TokenStore } from '../../directory/access/token.ts';
import type { Subject } from '../../directory/subject.ts';
import { changeStatements } from '../log/change-statements.ts';
import type { Engine } from '../engine/engine.ts';
import type { ConnectionsTable, TokensTable } from '../tables/access-tables.ts';

type Access = ConnectionStore & TokenStore;

export function accessStore(engine: Engine): Access {
  return {
    connection: connection(engine),
    connections: connections(engine),
    addConnection: addConnection(engine),
    saveState: saveState(engine),
    owned: owned(engine),
    ownedSubjects: ownedSubjects(engine),
    removeConnection: removeConnection(engine),
    findTokens: findTokens(engine),
    tokens: tokens(engine),
    addToken: addToken(engine),
    revokeToken: revokeToken(engine),
  };
}

/** The row of a connection. */
function connectionRow({ db }: Engine, id: string) {
  return db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A connection by its id. */
function connection(engine: Engine): Access['connection'] {
  return async (id) => {
    const row = await connectionRow(engine, id);
    return row === undefined ? undefined : toConnection(row);
  };
}

/** All connections, by id. */
function connections({ db }: Engine): Access['connections'] {
  return async () =>
    (await db.selectFrom('connections').selectAll().orderBy('id').execute()).map(toConnection);
}

/** Adds a connection, with a change of the log. */
function addConnection(engine: Engine): Access['addConnection'] {
  const { write, db } = engine;
  const changed = changeStatements(engine);
  return async ({ id, workspace, name, state, createdAt }, by = null) => {
    const row = { id, workspace, name, state, created_at: createdAt };
    const data = { connection: id, name, state, by };
    // Of two bridges that start together, one creates it. The other one's write is a conflict.
    await write([
      { query: db.insertInto('connections').values(row).compile() },
      ...changed(workspace, createdAt, [{ kind: 'connection.added', subject: null, data }]),
    ]);
  };
}

/** Sets the state of a connection, with a change of the log; false when there is no such connection. */
function saveState(engine: Engine): Access['saveState'] {
  const { db, write } = engine;
  const changed = changeStatements(engine);
  return async (id, state, { by = null, at }) => {
    const row = await connectionRow(engine, id);
    if (row === undefined) return false;
    if (row.state === state) return true;
    const data = { connection: id, before: row.state, state, plan: null, by };
    const update = db.updateTable('connections').set({ state }).where('id', '=', id);
    const statements = [
      { query: update.compile(), expect: 1 },
      ...changed(row.workspace, at, [{ kind: 'connection.state_changed', subject: null, data }]),
    ];
    return (await write(statements)) === 'committed';
  };
}

/** How many users and groups a connection owns, and how many of its leavers still have access. */
function owned(engine: Engine): Access['owned'] {
  return async (id) => ({
    users: await countOwned(engine, 'users', id),
    groups: await countOwned(engine, 'groups', id),
    leaving: await countLeaving(engine, id),
  });
}

/** Some of the users and groups that a connection owns. */
function ownedSubjects(engine: Engine): Access['ownedSubjects'] {
  return async (id, limit) => {
    const users = await ownedOf(engine, 'users', id, limit);
    const groups = users.length < limit ? await ownedOf(engine, 'groups', id, limit - users.length) : [];
    return [...users, ...groups];
  };
}

/** Tokens with a prefix, revoked ones included. */
function findTokens({ db }: Engine): Access['findTokens'] {
  return async (prefix) => {
    return (await db.selectFrom('tokens').selectAll().where('prefix', '=', prefix).execute()).map(toToken);
  };
}

/** All tokens, oldest first. */
function tokens({ db }: Engine): Access['tokens'] {
  return async () => (await db.selectFrom('tokens').selectAll().orderBy('created_at').execute()).map(toToken);
}

/** Adds a token, with a change of the log. */
function addToken(engine: Engine): Access['addToken'] {
  const { db, write } = engine;
  const changed = changeStatements(engine);
  return async (token, by = null) => {
    const { id, workspace, connectionId, kind, prefix, digest, label, createdAt, revokedAt, expiresAt } =
      token;
    const row = { id, workspace, kind, prefix, digest, label, connection_id: connectionId };
    const times = { created_at: createdAt, revoked_at: revokedAt, expires_at: expiresAt };
    const insert = db.insertInto('tokens').values({ ...row, ...times });
    const expires = expiresAt === null ? {} : { expires: new Date(expiresAt).toISOString() };
    const data = { token: id, opens: kind, connection: connectionId, label, ...expires, by };
    await write([
      { query: insert.compile(), expect: 1 },
      ...changed(workspace, createdAt, [{ kind: 'token.created', subject: null, data }]),
    ]);
  };
}

/** Revokes a token, with a change of the log; false when it is not valid. */
function revokeToken(engine: Engine): Access['revokeToken'] {
  const { db, write } = engine;
  const changed = changeStatements(engine);
  return async (id, at, by = null) => {
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

/** Removes a connection that owns nothing, with its tokens and its other rows. */
function removeConnection(engine: Engine): Access['removeConnection'] {
  const { db, write } = engine;
  return async (id, { by = null, at }) => {
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
  };
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
    expiresAt: row.expires_at,
  };
}
