/**
 * One PostgreSQL for the whole test run, and on each engine one database with the tables of this version: tests get copies
 * of it (databases.ts), which takes a fraction of what making the tables takes. All is gone after the last test.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openStore } from '../src/store/open-store.ts';
import { startPostgres } from './embedded-postgres.ts';
import { memoryFolder } from './memory-folder.ts';
import { runFolder } from './run-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Without a database name. */
    postgresUrl: string;
    /** The name of the database there that new ones are copied from. */
    postgresTemplate: string;
    /** The file that new SQLite databases are copied from. */
    sqliteTemplate: string;
  }
}

const TEMPLATE = 'template_bridge';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await runFolder(memoryFolder(), 'bridge-template');
  const postgres = await startPostgres({ durable: false });
  const file = join(folder, 'template.db');
  await withTables(`sqlite:${file}`);
  const client = new pg.Client({ connectionString: `${postgres.url}/postgres` });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  await withTables(`${postgres.url}/${TEMPLATE}`);
  project.provide('postgresUrl', postgres.url);
  project.provide('postgresTemplate', TEMPLATE);
  project.provide('sqliteTemplate', file);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Closed again, for nobody may use a database that is copied. */
async function withTables(url: string): Promise<void> {
  const store = openStore(url);
  await store.migrate();
  await store.close();
}
