/** The position of each receiver of events, and the next changes. */
import { sql } from 'kysely';
import { BridgeError } from '../../errors.ts';
import type {
  EventChange,
  EventStore,
  EventStream,
  EventWindow,
  Progress,
} from '../../feed/events/event-store.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { isOfFeed } from '../../feed/feed-change.ts';
import type { ChangesTable } from '../tables/directory-tables.ts';
import { toChange } from '../log/to-change.ts';

const MAX_ATTEMPTS = 10;

interface ChangeRow extends Omit<ChangesTable, 'position'> {
  readonly position: number;
  readonly external_id: string | null;
}

export function eventStreams(engine: Engine): EventStore {
  const { db, readTogether } = engine;

  async function find(tokenId: string): Promise<EventStream | undefined> {
    const query = db.selectFrom('event_streams').selectAll().where('token_id', '=', tokenId);
    const row = await query.executeTakeFirst();
    if (row === undefined) return undefined;
    return { tokenId, workspace: row.workspace, position: row.position, polledAt: row.polled_at };
  }

  return {
    stream: async (begin) => {
      const known = await find(begin.tokenId);
      if (known !== undefined) return known;
      const { tokenId, workspace, position, polledAt } = begin;
      const row = { token_id: tokenId, workspace, position, polled_at: polledAt };
      const insert = db
        .insertInto('event_streams')
        .values({ ...row, errors: 0, last_error: null, last_error_at: null });
      // Two concurrent first polls create one stream.
      const query = insert.onConflict((conflict) => conflict.doNothing()).compile();
      await commit(engine, [{ query }]);
      return (await find(tokenId)) ?? begin;
    },

    window: async ({ tokenId, workspace }, { position, kinds, limit }): Promise<EventWindow> => {
      const [newest = [], rows = [], done = []] = await readTogether([
        db
          .selectFrom('changes')
          .select('position')
          .where('workspace', '=', workspace)
          .orderBy('position', 'desc')
          .limit(1)
          .compile(),
        db
          .selectFrom('changes')
          .selectAll()
          .select(
            sql<string | null>`case subject_kind
              when 'user' then (select external_id from users where users.id = changes.subject_id)
              else (select external_id from groups where groups.id = changes.subject_id) end`.as(
              'external_id',
            ),
          )
          .where('workspace', '=', workspace)
          .where('position', '>', position)
          .where('kind', 'in', kinds)
          .where('subject_id', 'is not', null)
          .orderBy('position')
          .limit(limit)
          .compile(),
        db
          .selectFrom('events_done')
          .select('position')
          .where('token_id', '=', tokenId)
          .where('position', '>', position)
          .compile(),
      ]);
      return {
        changes: (rows as unknown as ChangeRow[]).flatMap(toEventChange),
        done: new Set(done.map((row) => Number(row['position']))),
        last: Math.max(Number(newest[0]?.['position'] ?? 0), position),
      };
    },

    advance: (progress) => commit(engine, advanceStatements(engine, progress)),
  };
}

/** The write does not depend on the previous state, so concurrent writes can run in any order. */
function advanceStatements({ db }: Engine, progress: Progress): Statement[] {
  const { tokenId, at, done, position, errors } = progress;
  const stream = db.updateTable('event_streams').where('token_id', '=', tokenId);
  const failed =
    errors === undefined
      ? {}
      : { errors: sql<number>`errors + ${errors.count}`, last_error: errors.last, last_error_at: at };
  const beyond = done.filter((one) => one > position);
  return [
    stream.set({ polled_at: at, ...failed }).compile(),
    ...chunks(beyond).map((piece) =>
      db
        .insertInto('events_done')
        .values(piece.map((one) => ({ token_id: tokenId, position: one })))
        .onConflict((conflict) => conflict.doNothing())
        .compile(),
    ),
    stream.set({ position }).where('position', '<', position).compile(),
    db.deleteFrom('events_done').where('token_id', '=', tokenId).where('position', '<=', position).compile(),
  ].map((query) => ({ query }));
}

/** Two concurrent polls of one receiver can conflict on PostgreSQL. */
async function commit(engine: Engine, statements: readonly Statement[]): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    if ((await engine.write(statements)) === 'committed') return;
  }
  throw new BridgeError(
    'unavailable',
    'What was acknowledged could not be written: too many polls with one token at once. Poll again.',
  );
}

function toEventChange({ txn, external_id: externalId, ...row }: ChangeRow): EventChange[] {
  const change = toChange(row);
  return isOfFeed(change) ? [{ ...change, txn, externalId }] : [];
}
