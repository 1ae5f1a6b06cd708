/** The restore window of each connection, and what becomes of a journal whose window is switched off. */
import { expect, it } from 'vitest';
import { accessBackOf, forgetUnusedJournals } from '../../src/app/access-back.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { systemClock } from '../../src/clock.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { engines } from '../databases.ts';
import { freshStore } from '../stores.ts';

const connection = (name: string): Connection => ({ id: name, workspace: 'acme', name, state: 'live' });
const workspace = (windows: Readonly<Record<string, number>>) => ({
  slug: 'acme',
  policy: { restoreWindowSeconds: 5 },
  connections: Object.entries(windows).map(([name, restoreWindowSeconds]) => ({
    name,
    policy: { restoreWindowSeconds },
  })),
});

it('each connection has its own window, and a connection that is not described has the window of the workspace', () => {
  const { windowMsOf } = accessBackOf([workspace({ okta: 60, entra: 0 })]);
  expect(['okta', 'entra', 'made by hand'].map((name) => windowMsOf(connection(name)))).toEqual([
    60_000, 0, 5_000,
  ]);
  expect(windowMsOf({ ...connection('okta'), workspace: 'globex' })).toBe(0);
});

it.each(engines)('a start empties the journals of connections without a window, on %s', async (engine) => {
  const store = await freshStore(engine);
  const names = ['okta', 'entra'];
  const on = accessBackOf([workspace({ okta: 60, entra: 60 })]);
  const users = createUsers(store.directory, systemClock, undefined, on);
  const ids: string[] = [];
  for (const name of names) {
    await store.access.addConnection({ ...connection(name), createdAt: 1 });
    const { id } = await users.create(connection(name), readUser({ userName: `${name}@x.test` }));
    const draft = readUser({ userName: `${name}@x.test`, active: false });
    await users.update(connection(name), id, () => draft);
    ids.push(id);
  }
  const noted = () =>
    Promise.all(
      names.map(async (name, at) => (await store.directory.withdrawals(name, ids[at] ?? '')).length),
    );
  expect(await noted()).toEqual([1, 1]);
  await forgetUnusedJournals(store, accessBackOf([workspace({ okta: 60, entra: 0 })]));
  expect(await noted()).toEqual([1, 0]);
});
