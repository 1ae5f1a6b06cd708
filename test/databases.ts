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
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  // Files are copied: block by block through the log takes twice as long.
  await client.query(`create database ${name} template ${template} strategy file_copy`);
  await client.end();
  return `${server}/${name}`;
}
