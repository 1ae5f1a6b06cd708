/** Readers that are slow, stall or disconnect, and the content of the copies. */
import { connect } from 'node:net';
import { readdirSync, writeFileSync, utimesSync } from 'node:fs';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { registerFeed } from '../../src/feed/feed-routes.ts';
import { ndjson } from '../../src/feed/encoders/ndjson.ts';
import { createServer } from '../../src/http/server.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { openPostgres } from '../../src/store/engine/postgres-engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { storeAt } from '../stores.ts';
import { readAll } from './reading.ts';
import { draftOf, memberOf, okta, standingClock, WORKSPACE } from './world.ts';

async function open(engine: EngineName) {
  const url = await freshDatabase(engine);
  const store = await storeAt(url);
  return { url, store, users: createUsers(store.directory, systemClock) };
}

function rawEngine(url: string) {
  const engine = url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
  onTestFinished(() => engine.close());
  return engine;
}

describe.each(engines)('readers of the feed on %s', (engine) => {
  it('a stalled reader blocks no writer, gets content only as it reads, and is disconnected in the end', async () => {
    const { store, users } = await open(engine);
    const long = 'x'.repeat(2_000);
    for (let index = 0; index < 3_000; index += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, place) =>
          users.create(okta, draftOf(`p${index + place}`, { fullName: long })),
        ),
      );
    }
    let made = 0;
    const server = createServer({ log: createLogger('silent') });
    await server.register(
      (scope, _options, done) => {
        const counted = {
          ...store.feed,
          takeSnapshot: async (workspace: string, clock: typeof systemClock) => {
            const snapshot = await store.feed.takeSnapshot(workspace, clock);
            const all: typeof snapshot.all = async function* (kind) {
              for await (const batch of snapshot.all(kind)) {
                made += batch.length;
                yield batch;
              }
            };
            return { ...snapshot, all };
          },
        };
        const stopping = new AbortController().signal;
        const authenticate = () => ({ ...okta, tokenId: 't', kind: 'feed' }) as const;
        registerFeed(scope, { store: counted, clock: systemClock, authenticate, stopping, stallMs: 1_000 });
        done();
      },
      { prefix: '/feed/v1' },
    );
    await server.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    const address = server.server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const cutOff = new Promise((resolve) => {
      server.server.once('connection', (connection) => connection.once('close', resolve));
    });
    const socket = connect({ host: '127.0.0.1', port });
    onTestFinished(() => void socket.destroy());
    socket.write('GET /feed/v1/export/ndjson HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\n\r\n');
    await new Promise((resolve) => socket.once('readable', resolve));
    // The reader stalls. Writers continue, and no more content is produced for the reader.
    for (let index = 0; index < 20; index += 1) await users.create(okta, draftOf(`late${index}`));
    expect(made).toBeLessThan(3_000);
    expect(made).toBeGreaterThan(0);
    await cutOff;
  });

  it('a slow reader reads the state of its snapshot to the end', async () => {
    const { store, users } = await open(engine);
    for (let index = 0; index < 600; index += 1) await users.create(okta, draftOf(`p${index}`));
    const snapshot = await store.feed.takeSnapshot(WORKSPACE, systemClock);
    const reading = ndjson.encode(snapshot)[Symbol.asyncIterator]();
    const first = await reading.next();
    await users.create(okta, draftOf('late'));
    let text = String(first.value);
    for (let piece = await reading.next(); piece.done !== true; piece = await reading.next())
      text += String(piece.value);
    expect(text).not.toContain('late@x.test');
    expect(text.split('\n').filter((line) => line.startsWith('{"type":"account"'))).toHaveLength(600);
  });

  it('a reader whose snapshot is removed gets an error, and no response that looks complete', async () => {
    const { store, users } = await open(engine);
    for (let index = 0; index < 600; index += 1) await users.create(okta, draftOf(`p${index}`));
    const clock = standingClock();
    const snapshot = await store.feed.takeSnapshot(WORKSPACE, clock);
    const reading = ndjson.encode(snapshot)[Symbol.asyncIterator]();
    await reading.next();
    for (let index = 0; index < 9; index += 1) {
      clock.pass(3_600_000);
      await users.create(okta, draftOf(`late${index}`));
      await store.feed.takeSnapshot(WORKSPACE, clock);
    }
    const rest = async () => {
      for (let piece = await reading.next(); piece.done !== true;) piece = await reading.next();
    };
    await expect(rest()).rejects.toMatchObject({ code: 'snapshot_expired' });
  });

  it('a restarted bridge continues with the existing snapshots', async () => {
    const { url, store, users } = await open(engine);
    await users.create(okta, draftOf('ada'));
    const { id } = await store.feed.takeSnapshot(WORKSPACE, systemClock);
    const other = await storeAt(url);
    const again = await other.feed.snapshot(WORKSPACE, id, systemClock);
    expect((await readAll(again, 'accounts')).map((account) => account.userName)).toEqual(['ada@x.test']);
    // Nothing has changed, so there is no new copy.
    expect((await other.feed.takeSnapshot(WORKSPACE, systemClock)).id).toBe(id);
  });

  it('a snapshot of another workspace is not found', async () => {
    const { store, users } = await open(engine);
    await users.create(okta, draftOf('ada'));
    const { id } = await store.feed.takeSnapshot(WORKSPACE, systemClock);
    await expect(store.feed.snapshot('other', id, systemClock)).rejects.toMatchObject({
      code: 'snapshot_expired',
    });
    expect((await store.feed.takeSnapshot('other', systemClock)).counts).toMatchObject({
      accounts: 0,
      grants: 0,
    });
  });

  it('collections and data sources have grants of accounts and groups', async () => {
    const { url, store, users } = await open(engine);
    const ada = await users.create(okta, draftOf('ada'));
    const links = [{ subject: { kind: 'user', id: ada.id }, token: 'm1' }] as const;
    const members = { upsert: [memberOf('m1', 'ada')], remove: [] };
    await store.provisioning.record({ workspace: WORKSPACE, at: 1, members, links });
    const { db } = rawEngine(url);
    const workspace = WORKSPACE;
    await db
      .insertInto('observed_resources')
      .values([
        { workspace, kind: 'collection', token: 'c1', name: 'Finance' },
        { workspace, kind: 'data_source', token: 'd1', name: 'Warehouse' },
      ])
      .execute();
    const permission = (
      resource_kind: string,
      resource_token: string,
      action: string,
      accessor_token: string,
    ) => {
      return { workspace, resource_kind, resource_token, action, accessor_kind: 'account', accessor_token };
    };
    await db
      .insertInto('observed_permissions')
      .values([
        permission('collection', 'c1', 'edit', 'm1'),
        permission('data_source', 'd1', 'query', 'm1'),
        permission('collection', 'c1', 'view', 'nobody'),
      ])
      .execute();
    const snapshot = await store.feed.takeSnapshot(WORKSPACE, systemClock);
    expect((await readAll(snapshot, 'entitlements')).map((one) => one.id)).toEqual([
      'collection:c1:edit',
      'collection:c1:view',
      'data_source:d1:manage',
      'data_source:d1:query',
      'data_source:d1:view',
      'role:admin:assigned',
    ]);
    const grants = await readAll(snapshot, 'grants');
    expect(grants.map((grant) => [grant.id, grant.wanted, grant.observed, grant.source])).toEqual([
      [`collection:c1:edit:account:${ada.id}`, null, true, 'direct'],
      [`data_source:d1:query:account:${ada.id}`, null, true, 'direct'],
    ]);
  });
});

it('unfinished files of a dead process are deleted, those of a running process are not', async () => {
  const { url, store, users } = await open('sqlite');
  await users.create(okta, draftOf('ada'));
  await store.feed.takeSnapshot(WORKSPACE, systemClock);
  const folder = `${url.slice('sqlite:'.length)}-feed`;
  const long = (Date.now() - 2 * 3_600_000) / 1_000;
  for (const name of ['dead.part', 'busy.part']) writeFileSync(`${folder}/${name}`, '');
  utimesSync(`${folder}/dead.part`, long, long);
  await users.create(okta, draftOf('bob'));
  await store.feed.takeSnapshot(WORKSPACE, systemClock);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual(['busy.part']);
});

it('tables of copies that a crash has truncated are dropped and not read', async () => {
  const { url, store, users } = await open('postgres');
  await users.create(okta, draftOf('ada'));
  const { id } = await store.feed.takeSnapshot(WORKSPACE, systemClock);
  const { db } = rawEngine(url);
  // Recovery truncates unlogged tables.
  await sql`truncate feed_snapshots, ${sql.table(`feed_${id}_accounts`)}`.execute(db);
  await expect(store.feed.snapshot(WORKSPACE, id, systemClock)).rejects.toMatchObject({
    code: 'snapshot_expired',
  });
  const next = await store.feed.takeSnapshot(WORKSPACE, systemClock);
  expect(await readAll(next, 'accounts')).toHaveLength(1);
  const { rows } = await sql<{
    name: string;
  }>`select tablename as name from pg_tables where tablename like ${`feed_${id}%`}`.execute(db);
  expect(rows).toEqual([]);
});

it('a snapshot has neither the state nor the position of a transaction that is not committed', async () => {
  const { url, store, users } = await open('postgres');
  const ada = await users.create(okta, draftOf('ada'));
  const before = await store.feed.lastPosition(WORKSPACE);
  const slow = new pg.Client({ connectionString: url });
  await slow.connect();
  onTestFinished(() => slow.end());
  await slow.query('begin');
  await slow.query('update users set active = 0 where id = $1', [ada.id]);
  await slow.query('select pg_advisory_xact_lock(7263101)');
  await slow.query(
    `insert into changes (workspace, at, kind, subject_kind, subject_id, data) values ($1, 1, 'user.updated', 'user', $2, '{}')`,
    [WORKSPACE, ada.id],
  );
  const early = await store.feed.takeSnapshot(WORKSPACE, systemClock);
  expect(early.position).toBe(before);
  expect((await readAll(early, 'accounts'))[0]?.wanted?.active).toBe(true);
  await slow.query('commit');
  const late = await store.feed.takeSnapshot(WORKSPACE, systemClock);
  expect(late.position).toBeGreaterThan(before);
  expect((await readAll(late, 'accounts'))[0]?.wanted?.active).toBe(false);
});
