import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { reportFailure } from '../../src/cli/report-failure.ts';
import { defaultConnection } from '../access.ts';
import { BridgeError } from '../../src/errors.ts';
import { freshDatabase } from '../databases.ts';
import { storeAt } from '../stores.ts';
import { run } from './run-here.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'bridge-cli-'));
/** A sentence or two for people, and nothing of a stack or of an object. */
const CLEAR = /^[^\n{]+\n( {2}because: [^\n]+\n)?$/;

async function filled(): Promise<string> {
  const url = await freshDatabase('sqlite');
  const store = await storeAt(url);
  await defaultConnection(store, 'acme');
  return url;
}

async function busyPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('a command that fails says so in one clear line, with an exit code of the table', () => {
  it('an export to where none can be', async () => {
    const environment = { BRIDGE_DATABASE_URL: await filled() };
    const place = folder();
    const file = join(place, 'file');
    writeFileSync(file, 'kept');
    for (const format of ['json', 'c1z']) {
      for (const [out, reason] of [
        [place, 'is a folder. Name a file'],
        [join(place, 'none', 'out'), 'does not exist. Create it first'],
        [join(file, 'out'), 'does not exist. Create it first'],
        ['/dev/null', 'is a device or a pipe'],
      ] as const) {
        const { code, stdout, stderr } = await run(
          ['feed', 'export', '--format', format, '--out', out],
          environment,
        );
        expect([code, stdout]).toEqual([EXIT.correctable, '']);
        expect(stderr).toContain(reason);
        expect(stderr).toMatch(CLEAR);
      }
    }
    expect(readdirSync(place)).toEqual(['file']);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    const serve = await run(['feed', 'serve', '--out', join(file, 'exports')], environment);
    expect([serve.code, serve.stdout]).toEqual([EXIT.correctable, '']);
    expect(serve.stderr).toMatch(CLEAR);
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  it('a comparison of files that are not exports', async () => {
    const place = folder();
    const write = (name: string, text: string) => {
      writeFileSync(join(place, name), text);
      return join(place, name);
    };
    const files = [
      place,
      join(place, 'none'),
      write('null.ndjson', '{"type":"snapshot"}\nnull\n'),
      write('list.json', '{"snapshot":1,"accounts":[null]}'),
      write('number.json', '{"snapshot":1,"accounts":5,"x":[]}'),
      write('text', 'x'),
    ];
    for (const file of files) {
      const { code, stderr } = await run(['feed', 'diff', file, file], {});
      expect(code).toBe(EXIT.correctable);
      expect(stderr).toMatch(CLEAR);
      expect(stderr).toContain(place);
    }
  });

  it('a port that is taken', async () => {
    const taken = await run(['sandbox'], { SANDBOX_PORT: String(await busyPort()) });
    expect([taken.code, taken.stdout]).toEqual([EXIT.correctable, '']);
    expect(taken.stderr).toMatch(/cannot listen on 127\.0\.0\.1, port \d+: another program uses it/);
    expect(taken.stderr).toContain('SANDBOX_PORT');
    expect(taken.stderr).toMatch(CLEAR);
  });

  it.each([
    ['a folder', (place: string) => place, 'is not a file'],
    ['below a file', (place: string) => join(place, 'text', 'x.db'), 'text exists already'],
    ['not a database', (place: string) => join(place, 'text'), 'is not an SQLite database'],
  ])('a database that is %s', async (_name, path, reason) => {
    const place = folder();
    writeFileSync(join(place, 'text'), 'this is a text and no database at all. '.repeat(100));
    const { code, stdout, stderr } = await run(['migrate'], { BRIDGE_DATABASE_URL: `sqlite:${path(place)}` });
    expect([code, stdout]).toEqual([EXIT.correctable, '']);
    expect(stderr).toMatch(/^[^\n{]+\n$/);
    expect(stderr).toContain(reason);
  });

  it('a PostgreSQL that does not answer, or not to this user', async () => {
    const url = new URL(await freshDatabase('postgres'));
    url.password = 'hidden-password';
    const wrong = await run(['status'], { BRIDGE_DATABASE_URL: url.href });
    const away = await run(['status'], {
      BRIDGE_DATABASE_URL: `postgres://bridge:hidden-password@127.0.0.1:1/bridge`,
    });
    for (const { code, stdout, stderr } of [wrong, away]) {
      expect([code, stdout]).toEqual([EXIT.failed, '']);
      expect(stderr).toMatch(CLEAR);
      expect(stderr).not.toContain('hidden');
    }
    expect(wrong.stderr).toContain('it refuses this user or password');
    expect(away.stderr).toContain('it cannot be reached');
    expect(away.stderr).toContain('Nothing answers (127.0.0.1:1)');
  });

  it('a file of names that cannot be read', async () => {
    const { code, stderr } = await run(['adopt', '--report', '--emails', folder()], {
      BRIDGE_DATABASE_URL: await filled(),
    });
    expect(code).toBe(EXIT.correctable);
    expect(stderr).toMatch(CLEAR);
  });

  it.each([
    [['nonsense']],
    [['feed', 'export']],
    [['tokens', 'create']],
    [['status', '--none']],
    [[]],
    [['feed']],
  ])('arguments that are not understood: %j', async (args) => {
    const { code, stderr } = await run(args, {});
    expect(code).toBe(EXIT.correctable);
    expect(stderr).not.toBe('');
  });

  it('help and the version exit with 0', async () => {
    expect((await run(['--version'], {})).code).toBe(EXIT.done);
    expect((await run(['feed', 'export', '--help'], {})).stdout).toContain('Usage:');
  });
});

describe('an error', () => {
  function reported(error: unknown): [number, string] {
    const lines: string[] = [];
    const { error: before } = console;
    console.error = (text: string) => lines.push(text);
    try {
      return [reportFailure(error), lines.join('\n')];
    } finally {
      console.error = before;
    }
  }
  const failure = (more: object, message = 'raw') => Object.assign(new Error(message), more);

  it.each([
    [{ code: 'ENOSPC', path: '/data/x' }, EXIT.failed, 'The disk is full (/data/x)'],
    [{ code: 'ENOSPC', syscall: 'write' }, EXIT.failed, 'The disk is full: make room'],
    [
      { code: 'EACCES', syscall: 'open', path: '/data/x' },
      EXIT.correctable,
      '/data/x may not be used by this user',
    ],
    [{ code: 'EROFS', path: '/x' }, EXIT.correctable, 'cannot be written'],
    [{ code: 'EMFILE' }, EXIT.failed, 'Too many files are open'],
    [
      { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'db.test' },
      EXIT.failed,
      'no host of this name (db.test)',
    ],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, EXIT.failed, 'The database failed: raw'],
    [{ code: '53100', severity: 'ERROR', detail: 'hidden' }, EXIT.failed, 'The database failed: raw'],
  ])('%j', (more, code, message) => {
    const [found, text] = reported(failure(more));
    expect(found).toBe(code);
    expect(text).toContain(message);
    expect(text).not.toMatch(/\n|hidden/);
  });

  it('of several addresses is reported as one', () => {
    const one = failure({ code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 5432 });
    const several = new AggregateError([one, one], '');
    expect(reported(several)[1]).toContain('Nothing answers (127.0.0.1:5432)');
    expect(reported(new BridgeError('unavailable', 'Away.', { cause: several }))[1]).toContain(
      'because: Nothing answers',
    );
  });

  it('that is a fault of the bridge is reported with its stack and nothing else of it', () => {
    const [code, text] = reported(failure({ input: 'hidden' }, 'postgres://u:hidden@db/x'));
    expect(code).toBe(EXIT.failed);
    expect(text).toContain('postgres://****@db/x');
    expect(text).toContain('failures.test.ts');
    expect(text).not.toContain('hidden');
    expect(reported('hidden')[1]).not.toContain('hidden');
  });
});

describe('the document of the commands', () => {
  const text = readFileSync('docs/commands.md', 'utf8');

  it('has every command and every exit code', () => {
    for (const command of createProgram().commands) {
      const names =
        command.commands.length === 0
          ? [command.name()]
          : command.commands.map((one) => `${command.name()} ${one.name()}`);
      for (const name of names) expect(text).toContain(`| \`${name}`);
    }
    for (const code of Object.values(EXIT)) expect(text).toContain(`| ${code} `);
  });
});

it('a reader that stops early is not a failure', () => {
  const place = folder();
  const script = join(place, 'head.sh');
  writeFileSync(
    script,
    `${process.execPath} --disable-proto=delete src/main.ts check-config | true; echo "\${PIPESTATUS[0]}"\n`,
  );
  chmodSync(script, 0o700);
  mkdirSync(join(place, 'home'));
  const output = execFileSync('bash', [script], {
    env: { PATH: process.env['PATH'] ?? '' },
    encoding: 'utf8',
  });
  expect(output.trim()).toBe('0');
});
