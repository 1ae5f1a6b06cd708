/** The feed's commands, as a person or a scheduler runs them, on both engines. */
import { openC1z, syncRuns } from './c1z/read-c1z.ts';
import { mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { defaultConnection } from '../access.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { createFeedFiles } from '../../src/feed/files/feed-files.ts';
import { start } from '../acceptance/boot.ts';
import { run } from '../cli/run-here.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { storeAt } from '../stores.ts';
import { draftOf, okta, standingClock, WORKSPACE } from './world.ts';

async function open(engine: EngineName) {
  const url = await freshDatabase(engine);
  const store = await storeAt(url);
  await defaultConnection(store, WORKSPACE);
  const users = createUsers(store.directory, systemClock);
  const folder = mkdtempSync(join(tmpdir(), 'bridge-feed-'));
  const feed = (...args: string[]) => run(['feed', ...args], { BRIDGE_DATABASE_URL: url });
  return { url, store, users, folder, feed };
}

describe.each(engines)('the feed as files on %s', (engine) => {
  it.each(['json', 'ndjson', 'csv', 'baton-file'])(
    'export writes %s with one line of counts',
    async (format) => {
      const { users, folder, feed } = await open(engine);
      await users.create(okta, draftOf('ada'));
      const out = join(folder, 'out');
      const { code, stdout, stderr } = await feed('export', '--format', format, '--out', out);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toBe(
        `Task complete! 1 account, 0 groups, 0 resources, 1 entitlement, 0 grants in ${out}\n`,
      );
      expect(readFileSync(out, 'utf8')).toContain('ada@x.test');
      expect(readdirSync(folder)).toEqual(['out']);
      expect(statSync(out).mode & 0o777).toBe(0o600);
    },
  );

  it('diff lists who was created, deleted and modified, for json, ndjson and csv', async () => {
    const { users, folder, feed } = await open(engine);
    const [ada, bob] = [await users.create(okta, draftOf('ada')), await users.create(okta, draftOf('bob'))];
    for (const format of ['json', 'ndjson', 'csv']) {
      await feed('export', '--format', format, '--out', join(folder, `a.${format}`));
    }
    await users.remove(okta, bob.id);
    await users.update(okta, ada.id, () => draftOf('ada', { externalId: 'other', fullName: 'Ada L' }));
    const cyd = await users.create(okta, draftOf('cyd'));
    for (const format of ['json', 'ndjson', 'csv']) {
      await feed('export', '--format', format, '--out', join(folder, `b.${format}`));
      const { code, stdout } = await feed('diff', join(folder, `a.${format}`), join(folder, `b.${format}`));
      expect(code).toBe(0);
      expect(stdout).toContain(`+ account ${cyd.id}\n`);
      expect(stdout).toContain(`- account ${bob.id}\n`);
      expect(stdout).toContain('"Ada L"');
      expect(stdout).toContain('1 created, 1 deleted, 1 modified');
    }
    const same = await feed('diff', join(folder, 'b.json'), join(folder, 'b.ndjson'), '--json');
    expect(JSON.parse(same.stdout)).toEqual({ created: [], deleted: [], modified: [] });
  });

  it('errors are reported with exit code 2, and no file is left behind', async () => {
    const { users, folder, feed } = await open(engine);
    await users.create(okta, draftOf('ada'));
    const unknown = await feed('export', '--format', 'xlsx', '--out', join(folder, 'out'));
    expect([unknown.code, readdirSync(folder)]).toEqual([2, []]);
    expect(unknown.stderr).toContain('Use one of json');
    expect((await feed('serve', '--interval', '1x', '--out', folder)).code).toBe(2);
    expect((await feed('serve', '--keep', '0', '--out', folder)).code).toBe(2);
    const whole = join(folder, 'whole.ndjson');
    await feed('export', '--format', 'ndjson', '--out', whole);
    truncateSync(whole, statSync(whole).size - 20);
    const cut = await feed('diff', whole, whole);
    expect([cut.code, cut.stderr]).toEqual([2, `${whole} is incomplete: it was cut off.\n`]);
    const table = join(folder, 'whole.csv');
    await feed('export', '--format', 'csv', '--out', table);
    truncateSync(table, statSync(table).size - 4);
    const cutTable = await feed('diff', table, table);
    expect(cutTable.code).toBe(2);
    expect(cutTable.stderr).toContain(`${table} is damaged or was cut off.`);
    writeFileSync(join(folder, 'other'), 'something else');
    expect((await feed('diff', join(folder, 'other'), whole)).code).toBe(2);
    expect((await feed('diff', join(folder, 'none'), whole)).code).toBe(2);
  });

  it('serve writes at once, stops on request, and has the newest export under a fixed name', async () => {
    const { url, users, folder } = await open(engine);
    await users.create(okta, draftOf('ada'));
    const running = await start(
      ['feed', 'serve', '--interval', '1h', '--out', folder, '--format', 'csv'],
      { BRIDGE_DATABASE_URL: url },
      'Task complete!',
    );
    expect(await running.stop()).toBe(0);
    const names = readdirSync(folder).sort();
    expect(names).toHaveLength(2);
    expect(names[0]).toMatch(/^mode-\d{8}T\d{6}Z\.csv$/);
    expect(readFileSync(join(folder, 'mode.csv'))).toEqual(readFileSync(join(folder, names[0] ?? '')));
  });

  it('keeps the newest exports, and writes none if nothing has changed', async () => {
    const { store, users, folder } = await open(engine);
    const clock = standingClock();
    const files = createFeedFiles(store.feed, WORKSPACE, clock);
    const keep = () => files.keep('json', folder, 2, () => () => undefined);
    for (const name of ['ada', 'bob', 'cyd']) {
      await users.create(okta, draftOf(name));
      expect(await keep()).toBeDefined();
      expect(await keep()).toBeUndefined();
      clock.pass(60_000);
    }
    expect(readdirSync(folder).sort()).toEqual([
      'mode-19700101T001740Z.json',
      'mode-19700101T001840Z.json',
      'mode.json',
    ]);
    expect(readFileSync(join(folder, 'mode.json'), 'utf8')).toContain('cyd@x.test');
  });

  it('keeps the previous sync in each c1z file, so that two states can be compared, and only the owner can read it', async () => {
    const { store, users, folder } = await open(engine);
    const clock = standingClock();
    const files = createFeedFiles(store.feed, WORKSPACE, clock);
    const made: string[] = [];
    for (const name of ['ada', 'bob', 'cyd']) {
      await users.create(okta, draftOf(name));
      const file = await files.keep('c1z', folder, 2, () => () => undefined);
      made.push(file?.path ?? '');
      clock.pass(60_000);
    }
    const syncs = syncRuns(openC1z(made.at(-1) ?? ''));
    expect(syncs).toHaveLength(2);
    expect(statSync(made.at(-1) ?? '').mode & 0o777).toBe(0o600);
    const alone = join(folder, 'alone.c1z');
    for (let times = 0; times < 3; times += 1) await files.export('c1z', alone, () => () => undefined);
    expect(syncRuns(openC1z(alone))).toHaveLength(2);
  });
});
