/** Databases that nobody else uses, on both engines. */
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';

export const engines = ['sqlite', 'postgres'] as const;
export type EngineName = (typeof engines)[number];

/** The URL of a database with the tables of this version and nothing in them. */
export async function freshDatabase(engine: EngineName): Promise<string> {
  if (engine === 'postgres') return createdDatabase(inject('postgresTemplate'));
  const file = newFile();
  copyFileSync(inject('sqliteTemplate'), file);
  return `sqlite:${file}`;
}

/** The URL of a database without any table. */
export async function emptyDatabase(engine: EngineName): Promise<string> {
  return engine === 'postgres' ? createdDatabase('template1') : `sqlite:${newFile()}`;
}

/** Next to the template: all of it is removed after the last test. */
function newFile(): string {
  return join(mkdtempSync(join(dirname(inject('sqliteTemplate')), 'test-')), 'bridge.db');
}

async function createdDatabase(template: string): Promise<string> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // Files are copied: block by block through the log takes twice as long.
  await connections(server).query(`create database ${name} template ${template} strategy file_copy`);
  return `${server}/${name}`;
}

let pool: pg.Pool | undefined;

/** For all files that this process runs; none of them keeps the process from ending. */
function connections(server: string): pg.Pool {
  if (pool === undefined) {
    pool = new pg.Pool({ connectionString: `${server}/postgres`, max: 2, allowExitOnIdle: true });
    // The server may be gone before this process is.
    pool.on('error', () => undefined);
  }
  return pool;
}
