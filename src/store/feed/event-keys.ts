/** The current and former keys that sign events. */
import type { EventKeyStore } from '../../feed/events/event-key-store.ts';
import { changeStatements } from '../log/change-statements.ts';
import type { Engine } from '../engine/engine.ts';

export function eventKeys(engine: Engine): EventKeyStore {
  const { db, write } = engine;
  return {
    keys: async (limit) => {
      const query = db.selectFrom('event_keys').selectAll();
      const rows = await query.orderBy('created_at', 'desc').orderBy('kid').limit(limit).execute();
      return rows.map((row) => ({
        kid: row.kid,
        publicKey: row.public_key,
        privateKey: row.private_key,
        createdAt: row.created_at,
      }));
    },

    addKey: async ({ kid, publicKey, privateKey, createdAt }, by = null) => {
      const known = await db.selectFrom('event_keys').select('kid').where('kid', '=', kid).executeTakeFirst();
      // The key is the same for all workspaces, so the log of each has the entry.
      const workspaces =
        known === undefined
          ? await db.selectFrom('connections').select('workspace').distinct().execute()
          : [];
      const change = { kind: 'event_key.added', subject: null, data: { key: kid, by } } as const;
      const row = { kid, public_key: publicKey, private_key: privateKey, created_at: createdAt };
      const insert = db.insertInto('event_keys').values(row);
      const forget = db.updateTable('event_keys').set({ private_key: null }).where('kid', '<>', kid);
      await write([
        { query: insert.onConflict((conflict) => conflict.doNothing()).compile() },
        { query: forget.where('private_key', 'is not', null).compile() },
        ...workspaces.flatMap(({ workspace }) => changeStatements(engine)(workspace, createdAt, [change])),
      ]);
    },
  };
}
