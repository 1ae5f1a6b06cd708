import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import type { Json } from '../../src/directory/attributes.ts';
import type {
  AnswerShapeName,
  IdpProfile,
  IdpProfileStore,
  Pins,
} from '../../src/directory/access/idp-profile.ts';
import { createProfiles } from '../../src/scim/profile/profiles.ts';

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const okta = 'Okta SCIM Client 1.0.0';
const connection: Connection = { id: 'c', workspace: 'acme', name: 'c', state: 'live' };

interface Request {
  readonly method: string;
  readonly url: string;
  readonly userAgent?: string;
  readonly body?: Json;
  readonly scheme?: boolean;
}

/** Profiles with an in-memory store. */
function observing(pins?: Pins) {
  const stored: { detected: string[]; warnings: [string, string, number][] } = { detected: [], warnings: [] };
  const time = { now: 1_000 };
  const clock: Clock = { now: () => time.now, monotonic: () => time.now, sleep: () => Promise.resolve() };
  const store: IdpProfileStore = {
    profile: () =>
      Promise.resolve(
        pins === undefined ? undefined : { connectionId: 'c', detected: 'generic', evidence: null, ...pins },
      ),
    saveDetected: (_id, detected) => Promise.resolve(void stored.detected.push(detected)),
    pin: () => Promise.resolve(),
    warnings: () => Promise.resolve([]),
    addWarning: (_id, { code, example, times }) =>
      Promise.resolve(void stored.warnings.push([code, example, times])),
  };
  const log = { warn: () => undefined } as unknown as Parameters<typeof createProfiles>[2];
  const profiles = createProfiles(store, clock, log);
  const observe = (request: Request) => {
    profiles.observe(connection, { userAgent: undefined, body: undefined, scheme: true, ...request });
  };
  return { profiles, observe, store, stored, time };
}

const patch = (...operations: Json[]) => ({ Operations: operations });

describe('an IdP is detected from its requests', () => {
  it.each<[IdpProfile, Request]>([
    [
      'okta-patch',
      {
        method: 'PATCH',
        url: '/Users/1',
        userAgent: okta,
        body: patch({ op: 'replace', value: { active: false } }),
      },
    ],
    [
      'okta-put',
      { method: 'PUT', url: '/Groups/1', userAgent: okta, body: { displayName: 'a', members: [] } },
    ],
    ['okta-put', { method: 'PUT', url: '/Users/1', userAgent: okta, body: { userName: 'a', active: false } }],
    [
      'entra',
      { method: 'PATCH', url: '/Users/1', body: patch({ op: 'Replace', path: 'active', value: 'False' }) },
    ],
    [
      'entra',
      {
        method: 'POST',
        url: '/Groups',
        body: { schemas: ['http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'] },
      },
    ],
    ['entra-flag', { method: 'GET', url: '/Users?aadOptscim062020&filter=x' }],
    [
      'entra-flag',
      {
        method: 'PATCH',
        url: '/Users/1',
        body: patch({ op: 'replace', value: { 'name.givenName': 'K', [`${ENT}:department`]: 'x' } }),
      },
    ],
    ['onelogin', { method: 'PUT', url: '/Users/1?', body: { userName: 'a' } }],
    [
      'onelogin',
      { method: 'POST', url: '/Users', body: { schemas: ['urn:scim:schemas:core:2.0'], userName: 'a' } },
    ],
    ['cyberark', { method: 'GET', url: '/Users', userAgent: 'CyberArk Identity' }],
    ['rippling', { method: 'GET', url: '/ServiceProviderConfig', userAgent: 'Rippling/1.0' }],
    ['ping', { method: 'GET', url: '/Users?filter=userName%20Eq%20%22a%22' }],
    [
      'keycloak',
      {
        method: 'POST',
        url: '/Groups',
        body: { displayName: 'a', members: [{ value: 'u', $ref: 'Users/u' }] },
      },
    ],
    [
      'authentik',
      {
        method: 'PATCH',
        url: '/Groups/1',
        body: patch({ op: 'replace', value: { schemas: [], displayName: 'a' } }),
      },
    ],
  ])('%s', async (profile, request) => {
    const { observe, stored } = observing();
    observe(request);
    await Promise.resolve();
    expect(stored.detected.at(-1)).toBe(profile);
  });

  it('one common request is not enough, nor is a repetition, but several different ones are', async () => {
    const { observe, stored } = observing();
    const alone = ['User', 'Group', 'EnterpriseUser'].map((id) => `/Schemas/urn:x:${id}`);
    for (const url of alone) observe({ method: 'GET', url });
    await Promise.resolve();
    expect(stored.detected).toEqual([]);
    observe({ method: 'GET', url: '/ResourceTypes/User' });
    await Promise.resolve();
    expect(stored.detected).toEqual(['cyberark']);

    const other = observing();
    const removal = patch({ op: 'remove', path: 'members', value: [{ value: 'u' }] });
    other.observe({ method: 'PATCH', url: '/Groups/1', body: removal });
    await Promise.resolve();
    expect(other.stored.detected).toEqual([]);
    other.observe({ method: 'PATCH', url: '/Groups/2', body: removal });
    await Promise.resolve();
    expect(other.stored.detected).toEqual(['jumpcloud']);
  });

  it('an unknown client stays generic', async () => {
    const { observe, stored } = observing();
    observe({ method: 'POST', url: '/Users', userAgent: 'curl/8', body: { userName: 'a', active: true } });
    observe({
      method: 'PATCH',
      url: '/Users/1',
      userAgent: 'curl/8',
      body: patch({ op: 'replace', path: 'title', value: 'x' }),
    });
    await Promise.resolve();
    expect(stored.detected).toEqual([]);
  });

  it('the stronger hint wins, and the profile is stored when it changes', async () => {
    const { observe, stored } = observing();
    const entra = { method: 'PATCH', url: '/Users/1', body: patch({ op: 'Add', path: 'title', value: 'x' }) };
    const removal = patch({ op: 'remove', path: 'members', value: [{ value: 'u' }] });
    observe({ method: 'PATCH', url: '/Groups/1', body: removal });
    observe({ method: 'PATCH', url: '/Groups/1', body: removal });
    observe(entra);
    observe(entra);
    await Promise.resolve();
    expect(stored.detected).toEqual(['jumpcloud', 'entra']);
  });

  it('a pinned profile decides the answer shape, whatever the traffic looks like', async () => {
    const { profiles, observe } = observing({ pinned: null, shapes: ['always-body'] });
    await profiles.ready(connection);
    expect(profiles.shape(connection)).toMatchObject({ patchedGroup: 200 });
    observe({ method: 'PATCH', url: '/Users/1', body: patch({ op: 'Add', path: 'title', value: 'x' }) });
    expect(profiles.shape(connection)).toMatchObject({ patchedUser: 200, patchedGroup: 200 });
  });

  it.each<[IdpProfile | null, readonly AnswerShapeName[], object]>([
    [null, ['core-only', 'always-body'], { onMode: false, discovery: 'core', patchedGroup: 200 }],
    [null, ['never-body', 'core-only'], { onMode: false, discovery: 'core', patchedUser: 204 }],
    ['okta-put', ['always-body'], { onMode: true, discovery: 'okta', patchedGroup: 200 }],
    ['okta-put', ['core-only'], { onMode: false, discovery: 'core' }],
    ['entra', ['full-discovery'], { onMode: true, discovery: 'full', patchedGroup: 204 }],
    ['generic', [], { onMode: true, discovery: 'usual' }],
  ])('all pins are combined: %s and %j', async (pinned, shapes, expected) => {
    const { profiles } = observing({ pinned, shapes });
    await profiles.ready(connection);
    expect(profiles.shape(connection)).toMatchObject(expected);
  });
});

describe('a bridge that stops', () => {
  const wrong = (text: string) => ({ method: 'POST', url: '/Users', body: { active: text } });

  it('stores the warnings that wait, and ends after they are stored', async () => {
    const { profiles, observe, stored } = observing();
    for (const text of ['a', 'b', 'c']) observe(wrong(text));
    await profiles.flush();
    expect(stored.warnings).toEqual([
      ['active_not_boolean', 'a', 1],
      ['active_not_boolean', 'c', 2],
    ]);
    await profiles.flush();
    expect(stored.warnings).toHaveLength(2);
  });

  it('waits for a write in progress', async () => {
    const { profiles, observe, store } = observing();
    const steps: string[] = [];
    const written = Promise.withResolvers<undefined>();
    store.addWarning = () => written.promise;
    observe(wrong('a'));
    const flushed = profiles.flush().then(() => steps.push('flushed'));
    await new Promise(setImmediate);
    steps.push('written');
    written.resolve(undefined);
    await flushed;
    expect(steps).toEqual(['written', 'flushed']);
  });

  it('counts a warning again that could not be stored before', async () => {
    const { profiles, observe, store, stored } = observing();
    const { addWarning } = store;
    store.addWarning = () => Promise.reject(new Error('no disk'));
    observe(wrong('a'));
    await profiles.flush();
    store.addWarning = addWarning;
    await profiles.flush();
    expect(stored.warnings).toEqual([['active_not_boolean', 'a', 1]]);
  });
});

describe('a wrong configuration gives a warning', () => {
  const person = { userName: 'jdoe', email: null, admin: null, document: '{"userName":"jdoe"}' };

  it.each<[string, (observed: ReturnType<typeof observing>) => void, string]>([
    [
      'username_not_address',
      ({ profiles }) => {
        profiles.observeUser(connection, person);
      },
      'jdoe',
    ],
    [
      'role_near_miss',
      ({ profiles }) => {
        profiles.observeUser(connection, {
          ...person,
          email: 'j@x.test',
          document: '{"roles":[{"value":"Admin"}]}',
        });
      },
      'Admin (jdoe)',
    ],
    [
      'active_not_boolean',
      ({ observe }) => {
        observe({ method: 'POST', url: '/Users', body: { active: 'enabled' } });
      },
      'enabled',
    ],
    [
      'active_not_boolean',
      ({ observe }) => {
        observe({
          method: 'PATCH',
          url: '/Users/1',
          body: patch({ op: 'replace', path: 'active', value: [{ value: 'no' }] }),
        });
      },
      'no',
    ],
    [
      'active_not_boolean',
      ({ observe }) => {
        observe({
          method: 'PATCH',
          url: '/Users/1',
          body: patch({ op: 'replace', path: 'active', value: null }),
        });
      },
      'null',
    ],
    // The number is understood, but a boolean was expected.
    [
      'active_not_boolean',
      ({ observe }) => {
        observe({ method: 'POST', url: '/Users', body: { active: 0 } });
      },
      '0',
    ],
    [
      'active_not_boolean',
      ({ observe }) => {
        observe({
          method: 'PATCH',
          url: '/Users/1',
          body: patch({ op: 'replace', path: 'active', value: 1 }),
        });
      },
      '1',
    ],
    [
      'token_without_scheme',
      ({ observe }) => {
        observe({ method: 'GET', url: '/Users', scheme: false, userAgent: 'x' });
      },
      'x',
    ],
    [
      'both_dialects',
      ({ observe }) => {
        observe({ method: 'PATCH', url: '/Users/1', body: patch({ op: 'Add', path: 'title', value: 'x' }) });
        observe({
          method: 'PATCH',
          url: '/Users/1',
          body: patch({ op: 'replace', value: { 'name.givenName': 'K' } }),
        });
      },
      'dotted keys in a PATCH without a path',
    ],
  ])('%s', async (code, act, example) => {
    const observed = observing();
    act(observed);
    await Promise.resolve();
    expect(observed.stored.warnings).toEqual([[code, example, 1]]);
  });

  it.each([true, 'True', 'false', [false], [{ value: 'False' }], null])(
    'but not for a valid active: %j',
    async (active) => {
      const { observe, stored } = observing();
      observe({ method: 'POST', url: '/Users', body: { active } });
      observe({ method: 'PATCH', url: '/Users/1', body: patch({ op: 'replace', value: { active } }) });
      await Promise.resolve();
      expect(stored.warnings).toEqual([]);
    },
  );

  it('that is counted, and stored at most every ten seconds', async () => {
    const { profiles, stored, time } = observing();
    for (let times = 0; times < 5; times += 1) profiles.observeUser(connection, person);
    expect(stored.warnings).toEqual([['username_not_address', 'jdoe', 1]]);
    time.now += 10_000;
    profiles.observeUser(connection, person);
    await Promise.resolve();
    expect(stored.warnings.at(-1)).toEqual(['username_not_address', 'jdoe', 5]);
  });

  it('that is stored with the next request of any kind when it came too soon after another', async () => {
    const { profiles, stored, time } = observing();
    profiles.observeLeftOut(connection, { userName: 'ann' }, ['name']);
    profiles.observeLeftOut(connection, { userName: 'bob' }, ['title']);
    time.now += 10_000;
    await profiles.ready(connection);
    await profiles.ready(connection);
    expect(stored.warnings).toEqual([
      ['deactivated_in_part', 'ann: name', 1],
      ['deactivated_in_part', 'bob: title', 1],
    ]);
  });
});
