/** What the command line chose, and the database that goes with it. */
import { startPostgres } from '../test/embedded-postgres.ts';

export interface Options {
  readonly engine: 'sqlite' | 'postgres';
  readonly quick: boolean;
}

export interface BenchDatabase {
  /** undefined: the bridge makes an SQLite file of its own */
  readonly url: string | undefined;
  drop(): Promise<void>;
}

/** PostgreSQL's own default database, in a server that is started for it. */
export async function databaseOf(engine: Options['engine']): Promise<BenchDatabase> {
  if (engine === 'sqlite') return { url: undefined, drop: () => Promise.resolve() };
  const postgres = await startPostgres();
  return { url: `${postgres.url}/postgres`, drop: () => postgres.stop() };
}
