/** What operators do with connections, and what becomes of what a removed one owned. */
import { describe, expect, it } from 'vitest';
import { operatorsOf } from '../../src/app/operators-of.ts';
import type { Clock } from '../../src/clock.ts';
import type { Config } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { Pins } from '../../src/directory/access/idp-profile.ts';
import { createGroups } from '../../src/directory/group/groups.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { defaultConnection } from '../access.ts';
import { engines, type EngineName } from '../databases.ts';
import { draftOf } from '../feed/world.ts';
import { freshStore } from '../stores.ts';

const slept: number[] = [];
const clock: Clock = {
  now: () => 1_000,
  monotonic: () => 1_000,
  sleep: (ms) => Promise.resolve(void slept.push(ms)),
};

async function open(engine: EngineName, config: Pick<Config, 'file' | 'workspaces'> = readConfig({})) {
  const store = await freshStore(engine);
  const idp = await defaultConnection(store);
  const operators = operatorsOf(store, clock, config);
  const users = createUsers(store.directory, clock);
  const groups = createGroups(store.directory, clock);
  return { store, idp, operators, users, groups, connections: operators.connections };
}

const group = (displayName: string) => ({
  displayName,
  externalId: null,
  document: JSON.stringify({ displayName }),
});
const conflict = (text: string) => ({ code: 'conflict', message: expect.stringContaining(text) as string });

describe.each(engines)('connections, on %s', (engine) => {
  it('are added, listed, paused, planned and resumed', async () => {
    const { connections } = await open(engine);
    const okta = await connections.add(undefined, 'okta', 'shadow');
    expect(okta).toEqual({ id: 'acme:okta', workspace: 'acme', name: 'okta', state: 'shadow' });
    await expect(connections.add('acme', 'okta', 'live')).rejects.toMatchObject(conflict('already'));
    await expect(connections.add('acme', 'OKTA', 'live')).rejects.toMatchObject(conflict('"okta" already'));
    await expect(connections.add('acme', 'a b', 'live')).rejects.toMatchObject({ code: 'invalid_value' });
    await expect(connections.add('acme', 'x', 'on')).rejects.toMatchObject({ code: 'invalid_value' });
    for (const state of ['paused', 'live', 'shadow'] as const) {
      await connections.setState(await connections.find('acme', 'okta'), state);
      expect(await connections.find(undefined, 'okta')).toMatchObject({ state });
    }
    expect((await connections.list()).map(({ id }) => id)).toEqual(['acme:okta', 'default']);
  });

  it('are named when there are several, and only then', async () => {
    const { store, connections, operators } = await open(engine);
    expect(await connections.find()).toMatchObject({ id: 'default' });
    expect(await connections.workspace()).toBe('acme');
    const globex = { id: 'globex:default', workspace: 'globex', name: 'default', state: 'live' } as const;
    await store.access.addConnection({ ...globex, createdAt: 0 });
    for (const [name, options] of [
      [undefined, '--connection and --workspace'],
      ['default', '--workspace'],
    ] as const)
      await expect(connections.find(undefined, name)).rejects.toMatchObject({
        code: 'invalid_value',
        message: `Several connections match. Choose one with ${options}: default of acme, default of globex.`,
      });
    await expect(connections.workspace()).rejects.toMatchObject({
      code: 'invalid_value',
      message: 'There are several workspaces. Choose one with --workspace: acme, globex.',
    });
    await expect(connections.workspace('none')).rejects.toThrow('There are: acme, globex.');
    await expect(connections.find('globex', 'none')).rejects.toThrow('There are: default of globex.');
    expect(await connections.find('globex')).toEqual(globex);
    expect(await connections.find(undefined, 'globex:default')).toEqual(globex);
    const { token } = await operators.tokens.create('scim', { workspace: 'globex' }, { label: 'x' });
    expect(token).toMatchObject({ workspace: 'globex', connectionId: 'globex:default' });
    const feed = await operators.tokens.create('feed', { workspace: 'globex' }, { label: 'x' });
    expect(feed.token).toMatchObject({ workspace: 'globex', connectionId: null });
    expect(await operators.tokens.list('acme')).toEqual([]);
  });

  it('that own something are removed only with the word that it is released', async () => {
    const { store, connections, operators, users, groups, idp } = await open(engine);
    const okta = await connections.add('acme', 'okta', 'live');
    const { token } = await operators.tokens.create('scim', { connection: 'okta' }, { label: 'x' });
    await store.idp.pin(okta.id, { pinned: 'okta-put', shapes: [] }, 1);
    const jane = await users.create(okta, draftOf('jane'));
    const team = await groups.create(okta, group('Team'), [jane.id]);
    await expect(connections.remove(okta, { release: false })).rejects.toMatchObject(
      conflict('owns 1 user and 1 group.'),
    );
    slept.length = 0;
    expect(await connections.remove(okta, { release: true })).toEqual({ users: 1, groups: 1, left: 0 });
    // No bridge may accept its token from memory while what it owns is released.
    expect(slept).toEqual([1_000]);
    expect((await store.access.tokens()).map(({ id }) => id)).not.toContain(token.id);
    expect(await store.access.connection(okta.id)).toBeUndefined();
    expect(await store.idp.profile(okta.id)).toBeUndefined();
    expect(await users.get('acme', jane.id)).toMatchObject({ ownerId: null, active: true, version: 2 });
    expect(await groups.get('acme', team.id)).toMatchObject({ ownerId: null });
    expect(await store.directory.memberIds(team.id)).toEqual([jane.id]);
    // Another connection takes them over, under the same ids.
    expect(await users.create(idp, draftOf('jane'))).toMatchObject({ id: jane.id, ownerId: idp.id });
  });

  it('whose leavers still have access are removed only after that, or when they are paused', async () => {
    const { store, connections, users } = await open(engine);
    const okta = await connections.add('acme', 'okta', 'live');
    const jane = await users.create(okta, draftOf('jane'));
    await users.update(okta, jane.id, () => draftOf('jane', { active: false }));
    await users.create(okta, draftOf('sam')).then(({ id }) => users.remove(okta, id));
    await expect(connections.remove(okta, { release: true })).rejects.toMatchObject(
      conflict('deactivated or deleted 2 users'),
    );
    const paused = await connections.setState(okta, 'paused');
    expect(await connections.remove(paused, { release: true })).toEqual({ users: 0, groups: 0, left: 1 });
    // Nothing says that Jane is to have access: she is shown again as Mode has her.
    await expect(users.get('acme', jane.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.access.owned(okta.id)).toEqual({ users: 0, groups: 0, leaving: 0 });
  });
});

describe('connections that the configuration describes', () => {
  it('are not changed by commands when a file lists them', async () => {
    const { connections, idp } = await open('sqlite', {
      file: 'bridge.yaml',
      workspaces: readConfig({}).workspaces,
    });
    for (const change of [
      () => connections.add('acme', 'okta', 'live'),
      () => connections.setState(idp, 'paused'),
      () => connections.remove(idp, { release: true }),
    ])
      await expect(change()).rejects.toMatchObject(conflict('The file bridge.yaml lists the connections'));
  });

  it('are removed by a command once the file does not list them any more', async () => {
    const { connections, users, idp } = await open('sqlite', { file: 'bridge.yaml', workspaces: [] });
    const jane = await users.create(idp, draftOf('jane'));
    await expect(connections.remove(idp, { release: false })).rejects.toMatchObject(conflict('--release'));
    expect(await connections.remove(idp, { release: true })).toEqual({ users: 1, groups: 0, left: 0 });
    expect(await connections.list()).toEqual([]);
    expect(await users.get('acme', jane.id)).toMatchObject({ ownerId: null, active: true });
  });

  it('are pinned by commands only when the file does not pin them', async () => {
    const [acme] = readConfig({}).workspaces;
    const of = (profile: Pins | undefined) => ({
      file: 'bridge.yaml',
      workspaces:
        acme === undefined
          ? []
          : [{ ...acme, connections: acme.connections.map((one) => ({ ...one, profile })) }],
    });
    const free = await open('sqlite', of(undefined));
    expect(await free.connections.pinProfile(free.idp, ['okta-put'])).toMatchObject({ pinned: 'okta-put' });
    const pinned = await open('sqlite', of({ pinned: 'entra', shapes: [] }));
    await expect(pinned.connections.pinProfile(pinned.idp, ['okta-put'])).rejects.toMatchObject(
      conflict('bridge.yaml'),
    );
  });

  it('keep the state of BRIDGE_CONNECTION_STATE, and the one of the environment is not removed', async () => {
    const free = await open('sqlite');
    await free.connections.setState(free.idp, 'paused');
    await expect(free.connections.remove(free.idp, { release: true })).rejects.toMatchObject(
      conflict('The environment describes the connection'),
    );
    const set = await open('sqlite', readConfig({ BRIDGE_CONNECTION_STATE: 'live' }));
    await expect(set.connections.setState(set.idp, 'paused')).rejects.toMatchObject(
      conflict('BRIDGE_CONNECTION_STATE'),
    );
  });
});
