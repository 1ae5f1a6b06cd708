/**
 * Copies as tables on PostgreSQL, so that every bridge can serve the pages of each. The tables are unlogged: a crash of
 * the server empties them and the list of copies.
 */
import { sql, type CompiledQuery, type RawBuilder } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import {
  comparison,
  headerSql,
  SPOOL_TABLES,
  copyStatements,
  toHeader,
  type FeedCopy,
} from './feed-copy-sql.ts';
import type { Row, CopyPlace } from './feed-copy.ts';

/** A copy may take longer than other statements. */
const COPY_TIMEOUT_MS = 10 * 60_000;
const UNDEFINED_TABLE = '42P01';

export function postgresSpool(engine: Engine): CopyPlace {
  const { db } = engine;
  const rows = async (query: RawBuilder<unknown>) => (await engine.read(query.compile(db))) as readonly Row[];

  return {
    version: async () => {
      const [row] = await rows(sql`select pg_current_snapshot()::text as version`);
      return String(row?.['version']);
    },

    copy: ({ previous, keepUntil, ...request }) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (transaction) => {
          const ask = async (query: CompiledQuery) => (await transaction.executeQuery<Row>(query)).rows;
          const run = async (query: RawBuilder<unknown>) => ask(query.compile(db));
          await run(sql`select set_config('statement_timeout', ${String(COPY_TIMEOUT_MS)}, true)`);
          const copy = tablesOf(request.id);
          for (const statement of copyStatements(
            engine,
            request.workspace,
            copy,
            sql`create unlogged table`,
          )) {
            await ask(statement);
          }
          const compared = previous !== undefined && (await exists(run, previous));
          const differences = compared ? await ask(comparison(engine, copy, tablesOf(previous))) : [];
          if (compared && differences.every((row) => row['differs'] === 0)) {
            for (const table of SPOOL_TABLES) await run(sql`drop table ${copy(table)}`);
            return undefined;
          }
          for (const table of SPOOL_TABLES) await run(sql`analyze ${copy(table)}`);
          const [header = {}] = await run(sql`insert into feed_snapshots
            select header.*, cast(${keepUntil} as bigint) from (${headerSql(engine, request, copy)}) as header returning *`);
          return toHeader(header);
        }),

    list: async (workspace) => {
      const found = await rows(sql`select * from feed_snapshots where workspace = ${workspace}`);
      return found.map((row) => ({ ...toHeader(row), keepUntil: Number(row['keep_until']) }));
    },

    keep: async (id, until) => {
      await sql`update feed_snapshots set keep_until = greatest(keep_until, ${until}) where id = ${id}`.execute(
        db,
      );
    },

    read: async (id, query) => {
      try {
        const found = (await engine.read(query(tablesOf(id)))) as readonly Row[];
        return found.map((row) => Object.values(row));
      } catch (error) {
        if ((error as { code?: string }).code === UNDEFINED_TABLE) return undefined;
        throw error;
      }
    },

    drop: async (ids) => {
      for (const id of ids) await sql`delete from feed_snapshots where id = ${id}`.execute(db);
      // A crash empties the list, so tables are found by their names. Both reads are of one moment, so a new copy is in
      // both.
      const { rows: unknown } = await sql<{ name: string }>`select tablename as name from pg_tables
        where schemaname = current_schema() and tablename ~ '^feed_[0-9a-f]{32}_'
          and substr(tablename, 6, 32) not in (select id from feed_snapshots)`.execute(db);
      for (const { name } of unknown) await sql`drop table if exists ${sql.table(name)}`.execute(db);
    },

    close: () => undefined,
  };
}

async function exists(run: (query: RawBuilder<unknown>) => Promise<Row[]>, id: string): Promise<boolean> {
  const [row] = await run(sql`select to_regclass(${`feed_${id}_grants`}) is not null as has`);
  return row?.['has'] === true;
}

function tablesOf(id: string): FeedCopy {
  return (table) => sql`${sql.table(`feed_${id}_${table}`)}`;
}
