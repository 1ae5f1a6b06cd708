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
const connection: Connection = { id: 'c', workspace: 'acme', name: 'c' };

interface Request {
  readonly method: string;
  readonly url: string;
  readonly userAgent?: string;
  readonly body?: Json;
  readonly scheme?: boolean;
}

/** Profiles over a store that remembers what it is told. */
function watching(pins?: Pins) {
  const told: { detected: string[]; warnings: [string, string, number][] } = { detected: [], warnings: [] };
  const time = { now: 1_000 };
  const clock: Clock = { now: () => time.now, monotonic: () => time.now, sleep: () => Promise.resolve() };
  const store: IdpProfileStore = {
    profile: () =>
      Promise.resolve(
        pins === undefined ? undefined : { connectionId: 'c', detected: 'generic', evidence: null, ...pins },
      ),
    saveDetected: (_id, detected) => Promise.resolve(void told.detected.push(detected)),
    pin: () => Promise.resolve(),
    warnings: () => Promise.resolve([]),
    addWarning: (_id, { code, example, times }) =>
      Promise.resolve(void told.warnings.push([code, example, times])),
  };
  const log = { warn: () => undefined } as unknown as Parameters<typeof createProfiles>[2];
  const profiles = createProfiles(store, clock, log);
  const see = (request: Request) => {
    profiles.observe(connection, { userAgent: undefined, body: undefined, scheme: true, ...request });
  };
  return { profiles, see, told, time };
}

const patch = (...operations: Json[]) => ({ Operations: operations });

describe('an IdP is known by what it sends', () => {
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
    const { see, told } = watching();
    see(request);
    await Promise.resolve();
    expect(told.detected.at(-1)).toBe(profile);
  });

  it('one common request is not enough, the same again neither; several together are', async () => {
    const { see, told } = watching();
    const alone = ['User', 'Group', 'EnterpriseUser'].map((id) => `/Schemas/urn:x:${id}`);
    for (const url of alone) see({ method: 'GET', url });
    await Promise.resolve();
    expect(told.detected).toEqual([]);
    see({ method: 'GET', url: '/ResourceTypes/User' });
    await Promise.resolve();
    expect(told.detected).toEqual(['cyberark']);

    const other = watching();
    const removal = patch({ op: 'remove', path: 'members', value: [{ value: 'u' }] });
    other.see({ method: 'PATCH', url: '/Groups/1', body: removal });
    await Promise.resolve();
    expect(other.told.detected).toEqual([]);
    other.see({ method: 'PATCH', url: '/Groups/2', body: removal });
    await Promise.resolve();
    expect(other.told.detected).toEqual(['jumpcloud']);
  });

  it('and stays generic for anybody else', async () => {
    const { see, told } = watching();
    see({ method: 'POST', url: '/Users', userAgent: 'curl/8', body: { userName: 'a', active: true } });
    see({
      method: 'PATCH',
      url: '/Users/1',
      userAgent: 'curl/8',
      body: patch({ op: 'replace', path: 'title', value: 'x' }),
    });
    await Promise.resolve();
    expect(told.detected).toEqual([]);
  });

  it('the more telling trait wins, and the profile is written down when it changes', async () => {
    const { see, told } = watching();
    const entra = { method: 'PATCH', url: '/Users/1', body: patch({ op: 'Add', path: 'title', value: 'x' }) };
    const removal = patch({ op: 'remove', path: 'members', value: [{ value: 'u' }] });
    see({ method: 'PATCH', url: '/Groups/1', body: removal });
    see({ method: 'PATCH', url: '/Groups/1', body: removal });
    see(entra);
    see(entra);
    await Promise.resolve();
    expect(told.detected).toEqual(['jumpcloud', 'entra']);
  });

  it('what is pinned chooses the shape of answers, whatever the traffic looks like', async () => {
    const { profiles, see } = watching({ pinned: null, shapes: ['always-body'] });
    await profiles.ready(connection);
    expect(profiles.shape(connection)).toMatchObject({ patchedGroup: 200 });
    see({ method: 'PATCH', url: '/Users/1', body: patch({ op: 'Add', path: 'title', value: 'x' }) });
    expect(profiles.shape(connection)).toMatchObject({ patchedUser: 200, patchedGroup: 200 });
  });

  it.each<[IdpProfile | null, readonly AnswerShapeName[], object]>([
    [null, ['core-only', 'always-body'], { onMode: false, discovery: 'core', patchedGroup: 200 }],
    [null, ['never-body', 'core-only'], { onMode: false, discovery: 'core', patchedUser: 204 }],
    ['okta-put', ['always-body'], { onMode: true, discovery: 'okta', patchedGroup: 200 }],
    ['okta-put', ['core-only'], { onMode: false, discovery: 'core' }],
    ['entra', ['full-discovery'], { onMode: true, discovery: 'full', patchedGroup: 204 }],
    ['generic', [], { onMode: true, discovery: 'usual' }],
  ])('all that is pinned together counts: %s and %j', async (pinned, shapes, expected) => {
    const { profiles } = watching({ pinned, shapes });
    await profiles.ready(connection);
    expect(profiles.shape(connection)).toMatchObject(expected);
  });
});

describe('a set-up that looks wrong is told', () => {
  const person = { userName: 'jdoe', email: null, admin: null, document: '{"userName":"jdoe"}' };

  it.each<[string, (watch: ReturnType<typeof watching>) => void, string]>([
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
      ({ see }) => {
        see({ method: 'POST', url: '/Users', body: { active: 'enabled' } });
      },
      'enabled',
    ],
    [
      'active_not_boolean',
      ({ see }) => {
        see({
          method: 'PATCH',
          url: '/Users/1',
          body: patch({ op: 'replace', path: 'active', value: [{ value: 'no' }] }),
        });
      },
      'no',
    ],
    [
      'token_without_scheme',
      ({ see }) => {
        see({ method: 'GET', url: '/Users', scheme: false, userAgent: 'x' });
      },
      'x',
    ],
    [
      'both_dialects',
      ({ see }) => {
        see({ method: 'PATCH', url: '/Users/1', body: patch({ op: 'Add', path: 'title', value: 'x' }) });
        see({
          method: 'PATCH',
          url: '/Users/1',
          body: patch({ op: 'replace', value: { 'name.givenName': 'K' } }),
        });
      },
      'dotted keys in a PATCH without a path',
    ],
  ])('%s', async (code, act, example) => {
    const watch = watching();
    act(watch);
    await Promise.resolve();
    expect(watch.told.warnings).toEqual([[code, example, 1]]);
  });

  it.each([true, 'True', 'false', [false], [{ value: 'False' }], null])(
    'not for an active that can be read: %j',
    async (active) => {
      const { see, told } = watching();
      see({ method: 'POST', url: '/Users', body: { active } });
      see({ method: 'PATCH', url: '/Users/1', body: patch({ op: 'replace', value: { active } }) });
      await Promise.resolve();
      expect(told.warnings).toEqual([]);
    },
  );

  it('is counted, and written no more often than every ten seconds', async () => {
    const { profiles, told, time } = watching();
    for (let times = 0; times < 5; times += 1) profiles.observeUser(connection, person);
    expect(told.warnings).toEqual([['username_not_address', 'jdoe', 1]]);
    time.now += 10_000;
    profiles.observeUser(connection, person);
    await Promise.resolve();
    expect(told.warnings.at(-1)).toEqual(['username_not_address', 'jdoe', 5]);
  });

  it('is written with the next request, whatever that is, when it came too soon after another', async () => {
    const { profiles, told, time } = watching();
    profiles.observeLeftOut(connection, { userName: 'ann' }, ['name']);
    profiles.observeLeftOut(connection, { userName: 'bob' }, ['title']);
    time.now += 10_000;
    await profiles.ready(connection);
    await profiles.ready(connection);
    expect(told.warnings).toEqual([
      ['deactivated_in_part', 'ann: name', 1],
      ['deactivated_in_part', 'bob: title', 1],
    ]);
  });
});
