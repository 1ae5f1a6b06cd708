/** The keys that sign events, and those that did. */
import type { EventKeyStore } from '../../feed/events/event-key-store.ts';
import type { Engine } from '../engine/engine.ts';

export function eventKeys({ db, write }: Engine): EventKeyStore {
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

    addKey: async ({ kid, publicKey, privateKey, createdAt }) => {
      const row = { kid, public_key: publicKey, private_key: privateKey, created_at: createdAt };
      const insert = db.insertInto('event_keys').values(row);
      const forget = db.updateTable('event_keys').set({ private_key: null }).where('kid', '<>', kid);
      await write([
        { query: insert.onConflict((conflict) => conflict.doNothing()).compile() },
        { query: forget.where('private_key', 'is not', null).compile() },
      ]);
    },
  };
}
