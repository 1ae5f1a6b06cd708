/** A database that cannot serve now is told from a statement that is wrong, and what is no database is left alone. */
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BridgeError } from '../../src/errors.ts';
import { openStore } from '../../src/store/open-store.ts';
import { cannotWrite, postgresFailure } from '../../src/store/engine/postgres-failure.ts';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { run } from '../acceptance/boot.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'bridge-test-'));
const modeOf = (path: string) => statSync(path).mode & 0o777;

async function table() {
  const engine = openSqlite(join(folder(), 'bridge.db'));
  onTestFinished(() => engine.close());
  await sql`create table notes (text text not null unique)`.execute(engine.db);
  const insert = (text: string) =>
    engine.write([{ query: sql`insert into notes values (${text})`.compile(engine.db) }]);
  const pages = (count: number) => sql`pragma max_page_count = ${sql.lit(count)}`.execute(engine.db);
  return { engine, insert, pages };
}

describe('a disk that is full', () => {
  it('fails every write with the reason, makes the bridge not ready, and both end by themselves', async () => {
    const { engine, insert, pages } = await table();
    await insert('before');
    await pages(4);
    const large = (text: string) => insert(text.repeat(20_000));
    const both = await Promise.allSettled([large('a'), large('b')]);
    for (const { status, ...rest } of both) {
      expect(status).toBe('rejected');
      expect(rest).toMatchObject({
        reason: { code: 'unavailable', message: expect.stringContaining('full') as string },
      });
    }
    await expect(engine.check()).rejects.toMatchObject({ code: 'unavailable' });
    await pages(1_000_000);
    expect(await insert('after')).toBe('committed');
    await engine.check();
    const { rows } = await sql`select text from notes order by text`.execute(engine.db);
    expect(rows).toEqual([{ text: 'after' }, { text: 'before' }]);
  });

  it('is distinguished from a write that is rejected for its content', async () => {
    const { engine, insert } = await table();
    await insert('one');
    expect(await insert('one')).toBe('conflict');
    await engine.check();
  });
});

describe('a path for a database', () => {
  it('that is new is made for its owner only, with the log beside it', async () => {
    const path = join(folder(), 'below', 'bridge.db');
    const store = openStore(`sqlite:${path}`);
    onTestFinished(() => store.close());
    await store.migrate();
    expect(modeOf(path)).toBe(0o600);
    expect(modeOf(`${path}-wal`)).toBe(0o600);
  });

  it('of a database keeps the mode that people gave it', async () => {
    const path = join(folder(), 'bridge.db');
    await openStore(`sqlite:${path}`).close();
    chmodSync(path, 0o640);
    await openStore(`sqlite:${path}`).close();
    expect(modeOf(path)).toBe(0o640);
  });

  it('of a device, a folder or another file is refused in one line, and nothing about it changes', () => {
    const here = folder();
    const [text, inner] = [join(here, 'notes.txt'), join(here, 'folder')];
    writeFileSync(text, 'These are notes of somebody.', { mode: 0o644 });
    mkdirSync(inner, 0o755);
    const device = modeOf('/dev/null');
    for (const path of [text, inner, '/dev/null']) {
      expect(() => openStore(`sqlite:${path}`), path).toThrow(
        expect.objectContaining({
          code: 'invalid_config',
          message: expect.stringMatching(/^[^\n]*not[^\n]*$/) as string,
        }),
      );
    }
    expect([modeOf(text), modeOf(inner), modeOf('/dev/null')]).toEqual([0o644, 0o755, device]);
    expect(readFileSync(text, 'utf8')).toBe('These are notes of somebody.');
    expect([`${text}-wal`, `${text}-lock`].some(existsSync)).toBe(false);
  });
});

describe('the lock of an SQLite file', () => {
  it('cannot be bypassed with a hard link: a file with two names is refused until one of them is deleted', async () => {
    const here = folder();
    const [path, alias] = [join(here, 'bridge.db'), join(here, 'alias.db')];
    const first = openStore(`sqlite:${path}`);
    onTestFinished(() => first.close());
    first.takeAlone();
    await first.migrate();
    linkSync(path, alias);
    for (const name of [alias, path]) {
      expect(() => openStore(`sqlite:${name}`), name).toThrow(
        expect.objectContaining({
          code: 'invalid_config',
          message: expect.stringMatching(/^[^\n]*hard links[^\n]*$/) as string,
        }),
      );
    }
    expect([`${alias}-wal`, `${alias}-lock`].some(existsSync)).toBe(false);
    unlinkSync(alias);
    await openStore(`sqlite:${path}`).close();
  });

  it('keeps other bridges out and lets commands in', async () => {
    const path = join(folder(), 'bridge.db');
    const [first, second] = [openStore(`sqlite:${path}`), openStore(`sqlite:${path}`)];
    onTestFinished(() => first.close());
    onTestFinished(() => second.close());
    first.takeAlone();
    first.takeAlone();
    await first.migrate();
    expect(() => {
      second.takeAlone();
    }).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringContaining('PostgreSQL') as string }),
    );
    const environment = { BRIDGE_DATABASE_URL: `sqlite:${path}`, LOG_LEVEL: 'silent' };
    expect(await run(['status'], environment)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a failure of PostgreSQL', () => {
  const failure = (code: string, message = '') =>
    postgresFailure(Object.assign(new Error(message), { code }));

  it.each([
    '57P01',
    '57P02',
    '57P03',
    '08006',
    '53300',
    '53100',
    '25006',
    '28P01',
    '3D000',
    'ECONNREFUSED',
    'ETIMEDOUT',
    'EAI_AGAIN',
  ])('%s is one of the server, to be waited for', (code) => {
    expect(failure(code)).toMatchObject({ code: 'unavailable' });
  });

  it.each([
    'Connection terminated unexpectedly',
    'Query read timeout',
    'timeout exceeded when trying to connect',
  ])('"%s" is one of the connection', (message) => {
    expect(postgresFailure(new Error(message))).toMatchObject({ code: 'unavailable' });
  });

  it.each(['23505', '42601', '40001', '22P02'])('%s is one of the statement', (code) => {
    expect(failure(code)).not.toBeInstanceOf(BridgeError);
  });

  it('reports whether the database can be written', () => {
    expect([failure('53100'), failure('25006'), failure('57P01')].map(cannotWrite)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
