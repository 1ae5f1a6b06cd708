/** Who keeps access for too long is reported once, and each verified leaver is counted once. */
import { expect, it } from 'vitest';
import { pino } from 'pino';
import { logOverdue, lookAtLeavers, watchLeavers } from '../../src/app/watch-leavers.ts';
import type { Clock } from '../../src/clock.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { engines } from '../databases.ts';
import { freshStore } from '../stores.ts';

const okta: Connection = { id: 'okta', workspace: 'acme', name: 'okta', state: 'live' };
const MINUTE_MS = 60_000;

it.each(engines)(
  'a leaver above the objective is reported once, without their name, on %s',
  async (engine) => {
    let now = 1_000;
    const clock: Clock = { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() };
    const store = await freshStore(engine);
    const users = createUsers(store.directory, clock);
    const { id } = await users.create(okta, readUser({ userName: 'ana@x.test' }));
    await users.remove(okta, id);
    const lines: string[] = [];
    const overdue = logOverdue(pino({ base: null }, { write: (line: string) => lines.push(line) }));
    const measured: number[] = [];
    const look = () =>
      lookAtLeavers({
        store: store.leavers,
        workspaces: new Map([['acme', 15 * MINUTE_MS]]),
        clock,
        measured: (_workspace, seconds) => measured.push(seconds),
        overdue,
      });
    now += 15 * MINUTE_MS;
    await look();
    expect(lines).toEqual([]);
    now += 1;
    await look();
    await look();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { code: 'leaver_overdue', workspace: 'acme', userId: id, askedAt: 1_000 },
    ]);
    expect(lines.join('')).not.toContain('ana@x.test');
    expect(measured).toEqual([]);
  },
);

it('continues after a failure of the database, until it is stopped', async () => {
  const stopping = new AbortController();
  let [looks, warned] = [0, 0];
  const fails = () => {
    looks += 1;
    if (looks === 3) stopping.abort();
    return Promise.reject(new Error('away'));
  };
  await watchLeavers(
    {
      store: { takeMeasured: fails, takeOverdue: fails },
      workspaces: new Map([['acme', MINUTE_MS]]),
      clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() },
      measured: () => undefined,
      overdue: () => undefined,
      log: Object.assign(pino({ level: 'silent' }), {
        warn: () => {
          warned += 1;
        },
      }),
    },
    stopping.signal,
  );
  expect([looks, warned]).toEqual([3, 3]);
});
