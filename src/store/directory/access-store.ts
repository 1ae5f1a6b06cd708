/** Connections and tokens. */
import type { Selectable } from 'kysely';
import type { ConnectionStore } from '../../directory/access/connection-store.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { Token, TokenStore } from '../../directory/access/token.ts';
import type { Engine } from '../engine/engine.ts';
import type { ConnectionsTable, TokensTable } from '../tables/access-tables.ts';

/** The column is as old as the table; every connection is live. */
const LIVE = 'live';

export function accessStore({ db, write }: Engine): ConnectionStore & TokenStore {
  return {
    connection: async (id) => {
      const row = await db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toConnection(row);
    },
    connections: async () =>
      (await db.selectFrom('connections').selectAll().orderBy('id').execute()).map(toConnection),
    addConnection: async ({ id, workspace, name, createdAt }) => {
      const insert = db
        .insertInto('connections')
        .values({ id, workspace, name, state: LIVE, created_at: createdAt });
      // Two bridges that start together make it once.
      await write([{ query: insert.onConflict((conflict) => conflict.doNothing()).compile() }]);
    },

    findTokens: async (prefix) => {
      return (await db.selectFrom('tokens').selectAll().where('prefix', '=', prefix).execute()).map(toToken);
    },
    tokens: async () =>
      (await db.selectFrom('tokens').selectAll().orderBy('created_at').execute()).map(toToken),
    addToken: async ({ id, connectionId, kind, prefix, digest, label, createdAt, revokedAt }) => {
      const row = { id, kind, prefix, digest, label, connection_id: connectionId };
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

function toConnection(row: Selectable<ConnectionsTable>): Connection {
  return { id: row.id, workspace: row.workspace, name: row.name };
}

function toToken(row: Selectable<TokensTable>): Token {
  return {
    id: row.id,
    connectionId: row.connection_id,
    kind: row.kind as Token['kind'],
    prefix: row.prefix,
    digest: row.digest,
    label: row.label,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
