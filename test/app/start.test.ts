/** A start that succeeds has both ports and a worker; one that fails leaves nothing behind. */
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import pg from 'pg';
import { createReadiness } from '../../src/app/readiness.ts';
import { createServers } from '../../src/app/create-servers.ts';
import { endsWithin, keepWorking } from '../../src/app/keep-working.ts';
import { startApp } from '../../src/app/start-app.ts';
import { startSimulatedMode } from '../../src/app/simulated-mode.ts';
import { systemClock } from '../../src/clock.ts';
import type { ModeAccess } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { defaultConnection, placeOf } from '../access.ts';
import { BridgeError } from '../../src/errors.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { openStore } from '../../src/store/open-store.ts';
import { TOKENS } from '../acceptance/boot.ts';
import { client, person } from '../acceptance/client.ts';
import { eventually } from '../acceptance/eventually.ts';
import { freshDatabase } from '../databases.ts';
import { startProxy } from '../proxy.ts';
import { withMode } from '../with-mode.ts';
import { systemRandom } from '../../src/random.ts';

const log = createLogger('silent');
const NOWHERE: ModeAccess = {
  baseUrl: 'http://127.0.0.1:1',
  workspace: 'acme',
  key: { token: 'k', secret: 's' },
};

async function start(
  database: string,
  more: Record<string, string> = {},
  { mode = NOWHERE, warn = () => undefined }: { mode?: ModeAccess; warn?: (fields: object) => void } = {},
) {
  const config = readConfig({
    BRIDGE_DATABASE_URL: database,
    BRIDGE_HOST: '127.0.0.1',
    BRIDGE_PORT: '0',
    BRIDGE_ADMIN_PORT: '0',
    BRIDGE_SCIM_TOKEN: TOKENS.scim,
    BRIDGE_FEED_TOKEN: TOKENS.feed,
    BRIDGE_ADMIN_TOKEN: TOKENS.admin,
    MODE_REQUESTS_PER_SECOND: '500',
    ...more,
  });
  const app = await startApp({
    ...withMode(config, mode),
    forgetful: false,
    clock: systemClock,
    log: Object.assign(createLogger('silent'), { warn }),
    random: systemRandom,
  });
  onTestFinished(() => app.close());
  return app;
}

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const readyz = async (base: string) => {
  const response = await fetch(`${base}/readyz`);
  return { status: response.status, body: await response.json() };
};

describe('a start', () => {
  it.each(['BRIDGE_PORT', 'BRIDGE_ADMIN_PORT'])(
    'whose %s is taken fails with that setting, and leaves neither port nor lock behind',
    async (setting) => {
      const database = await freshDatabase('sqlite');
      const [taken, other] = [
        await takenPort(),
        setting === 'BRIDGE_PORT' ? 'BRIDGE_ADMIN_PORT' : 'BRIDGE_PORT',
      ];
      const free = await takenPortThatIsFreeAgain();
      const ports = { [setting]: String(taken), [other]: String(free) };
      await expect(start(database, ports)).rejects.toMatchObject({
        code: 'invalid_config',
        message: expect.stringContaining(setting) as string,
      });
      await expect(fetch(`http://127.0.0.1:${free}/healthz`)).rejects.toThrow();
      const app = await start(database);
      expect(await readyz(app.publicUrl)).toEqual({ status: 200, body: { status: 'ready' } });
      expect(await readyz(app.adminUrl)).toEqual({ status: 200, body: { status: 'ready' } });
    },
  );

  it('whose port is taken names the key of the configuration file, when there is one', async () => {
    const port = await takenPort();
    const folder = mkdtempSync(join(tmpdir(), 'bridge-start-'));
    const file = join(folder, 'bridge.yaml');
    const mode = '{ api_key: { env: KEY }, api_secret: { env: KEY } }';
    writeFileSync(
      file,
      `server: { database: "sqlite:${folder}/bridge.db", host: 127.0.0.1, port: 0, admin_port: ${port} }
workspaces: [{ slug: acme, target: mode, mode: ${mode}, connections: [{ name: okta }] }]
`,
    );
    const config = readConfig({ BRIDGE_CONFIG: file, KEY: 'key' });
    const parts = { clock: systemClock, log, random: systemRandom, forgetful: false };
    await expect(startApp({ ...withMode(config, NOWHERE), ...parts })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining(`Choose another port with server.admin_port of ${file}`) as string,
    });
  });

  it.each([
    [{ BRIDGE_HOST: '0.0.0.0' }, ['BRIDGE_PUBLIC_URL']],
    [{ BRIDGE_HOST: '0.0.0.0', BRIDGE_PUBLIC_URL: 'https://scim.example.com' }, []],
    [{ BRIDGE_HOST: '127.0.0.1' }, []],
  ])('with %j warns of %j', async (settings, expected) => {
    const warned: unknown[] = [];
    const warn = (fields: object) => {
      if ('setting' in fields) warned.push(fields.setting);
    };
    await start(await freshDatabase('sqlite'), settings, { warn });
    expect(warned).toEqual(expected);
  });

  it('of a second bridge on the same SQLite file is refused, for as long as the first one runs', async () => {
    const database = await freshDatabase('sqlite');
    const first = await start(database);
    await expect(start(database)).rejects.toMatchObject({ code: 'conflict' });
    const link = `${database}-link`;
    symlinkSync(database.slice('sqlite:'.length), link.slice('sqlite:'.length));
    await expect(start(link)).rejects.toMatchObject({ code: 'conflict' });
    expect((await readyz(first.publicUrl)).status).toBe(200);
    await first.close();
    await start(database);
  });
});

async function takenPortThatIsFreeAgain(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the worker', () => {
  it('that ends by itself is started again, and the bridge is not ready meanwhile', async () => {
    const stopping = new AbortController();
    const sleeping = Promise.withResolvers<undefined>();
    const [ran, seen] = [{ times: 0 }, [] as (string | undefined)[]];
    const clock = { ...systemClock, sleep: () => sleeping.promise };
    const run = (signal: AbortSignal) => {
      ran.times += 1;
      seen.push(keeper.trouble());
      if (ran.times === 1) return Promise.reject(new Error('a fault of ours'));
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
    };
    const keeper = keepWorking({ run }, clock, log);
    expect(keeper.trouble()).toContain('does not run yet');
    const working = keeper.run(stopping.signal);
    await new Promise(setImmediate);
    expect(keeper.trouble()).toContain('The worker ended');
    sleeping.resolve(undefined);
    await new Promise(setImmediate);
    expect([ran.times, keeper.trouble(), seen]).toEqual([2, undefined, [undefined, undefined]]);
    stopping.abort();
    await working;
  });

  it('that does not end is not waited for longer than the time given', async () => {
    const clock = { ...systemClock, sleep: () => Promise.resolve(), monotonic: () => 0 };
    expect(await endsWithin(new Promise(() => undefined), clock, 1_000)).toBe(false);
    expect(await endsWithin(Promise.resolve(), systemClock, 1_000)).toBe(true);
  });
});

describe('readiness', () => {
  it('reports every reason, including a database that does not answer in time', async () => {
    const clock = { ...systemClock, sleep: () => Promise.resolve(), monotonic: () => 0 };
    const parts = { clock, log, workerTroubles: () => ['No worker.'] };
    const silent = createReadiness({ ...parts, database: () => new Promise(() => undefined) });
    expect(await silent()).toEqual(['The database has not answered for 3 seconds.', 'No worker.']);
    const full = () => Promise.reject(new BridgeError('unavailable', 'The disk is full.'));
    expect(await createReadiness({ ...parts, database: full })()).toEqual([
      'The disk is full.',
      'No worker.',
    ]);
    const fault = () => Promise.reject(new Error('secret'));
    const [reason] = await createReadiness({ ...parts, database: fault })();
    expect(reason).not.toContain('secret');
  });
});

describe('a PostgreSQL', () => {
  /** A bridge and a simulated Mode on a database behind a proxy. */
  async function behindProxy() {
    const url = new URL(await freshDatabase('postgres'));
    const proxy = await startProxy('127.0.0.1', Number(url.port));
    const direct = new pg.Client({ connectionString: url.href });
    await direct.connect();
    onTestFinished(() => direct.end());
    const name = url.pathname.slice(1);
    url.host = `127.0.0.1:${proxy.port}`;
    const simulated = await startSimulatedMode(readConfig({ SANDBOX_PORT: '0' }), systemClock, log);
    onTestFinished(() => simulated.sandbox.close());
    const app = await start(url.href, {}, { mode: simulated.mode });
    const scim = client(`${app.publicUrl}/scim/v2`, TOKENS.scim);
    const members = () => simulated.sandbox.control.state().members.map(({ email }) => email);
    const terminate = () =>
      direct.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [name],
      );
    return { app, scim, proxy, members, terminate };
  }

  it('that fails makes SCIM answer 503 and the bridge not ready, until it works again', async () => {
    const { app, scim, proxy, members } = await behindProxy();
    expect((await scim('POST', '/Users', person('before@x.test'))).status).toBe(201);
    await proxy.cut();
    const away = await scim('POST', '/Users', person('away@x.test'));
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
    expect(away.body).toMatchObject({ status: '503', detail: expect.stringContaining('database') as string });
    expect(await readyz(app.publicUrl)).toMatchObject({
      status: 503,
      body: { reasons: [expect.stringContaining('cannot be reached')] },
    });
    await proxy.mend();
    await eventually(async () => {
      expect((await readyz(app.publicUrl)).status).toBe(200);
    });
    expect((await scim('POST', '/Users', person('after@x.test'))).status).toBe(201);
    await eventually(() => {
      expect(members()).toEqual(expect.arrayContaining(['before@x.test', 'after@x.test']));
      return Promise.resolve();
    });
  });

  it('that ends every connection again and again loses nothing that was acknowledged', async () => {
    const { scim, members, terminate } = await behindProxy();
    const created: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const emails = [0, 1, 2].map((number) => `person-${round}-${number}@x.test`);
      const [answers] = await Promise.all([
        Promise.all(emails.map((email) => scim('POST', '/Users', person(email)))),
        terminate(),
      ]);
      for (const [index, { status }] of answers.entries()) {
        expect([201, 503]).toContain(status);
        const email = emails[index];
        if (status === 201 && email !== undefined) created.push(email);
      }
    }
    await eventually(() => {
      expect(members()).toEqual(expect.arrayContaining(created));
      return Promise.resolve();
    });
  });
});

describe('a graceful stop', () => {
  it('stores every warning about the IdP before the database is closed', async () => {
    const database = await freshDatabase('sqlite');
    const app = await start(database);
    const call = client(app.publicUrl, TOKENS.scim);
    for (const name of ['a', 'b', 'c']) await call('POST', '/scim/v2/Users', { userName: name });
    await app.close();
    const store = openStore(database);
    onTestFinished(() => store.close());
    expect(await store.idp.warnings('default')).toMatchObject([{ code: 'username_not_address', count: 3 }]);
  });

  it('does not wait for a database that hangs', async () => {
    const store = openStore(await freshDatabase('sqlite'));
    onTestFinished(() => store.close());
    await store.migrate();
    await defaultConnection(store);
    const { text } = await createToken(store.access, systemClock, {
      ...placeOf('scim'),
      label: 'x',
    });
    const errors: unknown[] = [];
    const servers = createServers({
      random: systemRandom,
      config: readConfig({ BRIDGE_DATABASE_URL: 'sqlite:unused.db' }),
      clock: { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(0, signal) },
      log: Object.assign(createLogger('silent'), {
        error: (_fields: object, text: string) => errors.push(text),
      }),
      store: { ...store, idp: { ...store.idp, addWarning: () => new Promise<never>(() => undefined) } },
      stopping: new AbortController().signal,
    });
    const origin = await servers.public.listen({ host: '127.0.0.1', port: 0 });
    await client(origin, text)('POST', '/scim/v2/Users', { userName: 'a' });
    await Promise.all([servers.public.close(), servers.admin.close()]);
    await servers.flush();
    expect(errors).toEqual(['could not store the last requests and warnings about the IdP in time']);
  });
});
