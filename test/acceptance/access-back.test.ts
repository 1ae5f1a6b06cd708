/** What a person who comes back has again, without a push: seen in Mode, by the IdP and in the feed of changes. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase, type EngineName } from '../databases.ts';
import { run } from '../cli/run-here.ts';
import { bootBridge, TOKENS } from './boot.ts';
import { client, person, type Call } from './client.ts';
import { eventually } from './eventually.ts';
import { control, readModeState } from './mode-state.ts';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const LONG_MS = 120_000;
const CASES = [
  ['sqlite', 'documented'],
  ['postgres', 'kind'],
] as const;

interface Company {
  readonly scim: Call;
  readonly feed: Call;
  readonly id: string;
  /** By name. */
  readonly groups: Readonly<Record<string, string>>;
  patchUser(value: object): Promise<void>;
  patchGroup(name: string, op: 'add' | 'remove'): Promise<void>;
  /** Until the person is active in Mode in exactly these groups, or is not there. */
  untilIn(names: readonly string[] | undefined): Promise<void>;
  admin(): Promise<boolean | undefined>;
}

/** A person whom Mode knows, in three groups that the IdP has pushed. */
async function company(engine: EngineName, profile: string, window?: string): Promise<Company> {
  const bridge = await bootBridge({
    BRIDGE_DATABASE_URL: await freshDatabase(engine),
    SANDBOX_PROFILE: profile,
    ...(window === undefined ? {} : { BRIDGE_RESTORE_WINDOW_SECONDS: window }),
  });
  onTestFinished(async () => {
    await bridge.stop();
  });
  const sandbox = bridge.told('Sandbox URL');
  await control(sandbox, 'PATCH', 'settings', { rate_per_second: 200, burst: 100, rate_window: null });
  const scim = client(bridge.told('SCIM Base URL'), TOKENS.scim);
  const feed = client(bridge.told('SCIM Base URL').replace('/scim/v2', '/feed/v1'), TOKENS.feed);
  const id = String((await scim('POST', '/Users', person('ana@example.com'))).body['id']);
  const groups: Record<string, string> = {};
  for (const displayName of ['Finance', 'Sales', 'Travel']) {
    const made = await scim('POST', '/Groups', { displayName, members: [{ value: id }] });
    groups[displayName] = String(made.body['id']);
  }
  const send = async (path: string, operation: object) => {
    const { status } = await scim('PATCH', path, { schemas: [PATCH], Operations: [operation] });
    expect(status).toBeLessThan(300);
  };
  const member = async () =>
    (await readModeState(sandbox)).members.find(({ email }) => email === 'ana@example.com');
  return {
    ...{ scim, feed, id, groups },
    patchUser: (value) => send(`/Users/${id}`, { op: 'replace', value }),
    patchGroup: (name, op) =>
      send(
        `/Groups/${groups[name] ?? ''}`,
        op === 'add'
          ? { op, path: 'members', value: [{ value: id }] }
          : { op, path: `members[value eq "${id}"]` },
      ),
    untilIn: (names) =>
      eventually(async () => {
        await control(sandbox, 'POST', 'accept-invites', {});
        const state = await readModeState(sandbox);
        const held = state.groups.filter((group) => group.members.includes('ana@example.com'));
        expect([(await member())?.state, held.map(({ name }) => name).sort()]).toEqual([
          names === undefined ? undefined : 'active',
          names ?? [],
        ]);
      }),
    admin: async () => (await member())?.admin,
  };
}

const given = (changes: readonly Change[]) => changes.filter(({ data }) => data.cause === 'given_back');
interface Change {
  readonly kind: string;
  readonly data: { readonly cause?: string; readonly userId?: string };
}

describe.each(CASES)('a reactivation, on %s with a %s Mode', (engine, profile) => {
  it(
    'gives exactly the groups and the role that the IdP has not withdrawn, without a push',
    async () => {
      const { patchUser, patchGroup, untilIn, scim, id, admin } = await company(engine, profile);
      await patchUser({ roles: [{ value: 'admin', primary: true }] });
      await untilIn(['Finance', 'Sales', 'Travel']);
      await patchGroup('Finance', 'remove');
      await patchUser({ active: false });
      await patchGroup('Travel', 'remove');
      await untilIn(undefined);
      const made = await scim('POST', '/Groups', { displayName: 'Board', members: [{ value: id }] });
      expect(made.status).toBe(201);
      await patchUser({ active: true });
      await untilIn(['Board', 'Sales']);
      expect((await scim('GET', `/Users/${id}`)).body).toMatchObject({ roles: [{ value: 'admin' }] });
      if (profile === 'kind')
        await eventually(async () => {
          expect(await admin()).toBe(true);
        });
    },
    LONG_MS,
  );

  it(
    'gives back what the IdP took away within the window, except what it has spoken of since',
    async () => {
      const { patchUser, patchGroup, untilIn, scim, feed, id, groups } = await company(
        engine,
        profile,
        '3600',
      );
      await patchUser({ roles: [{ value: 'admin', primary: true }] });
      await untilIn(['Finance', 'Sales', 'Travel']);
      for (const name of ['Finance', 'Sales']) await patchGroup(name, 'remove');
      await patchUser({ active: false, roles: [] });
      await patchGroup('Travel', 'remove');
      await untilIn(undefined);
      await scim('DELETE', `/Groups/${groups['Sales'] ?? ''}`);
      await patchUser({ active: true });
      await untilIn(['Finance', 'Travel']);
      expect((await scim('GET', `/Users/${id}`)).body).toMatchObject({ roles: [{ value: 'admin' }] });
      const { body } = await feed('GET', '/changes?after=0');
      expect(given(body['changes'] as Change[]).map(({ kind }) => kind)).toEqual([
        'user.updated',
        'group.member_added',
        'group.member_added',
      ]);
      await patchGroup('Travel', 'remove');
      await untilIn(['Finance']);
    },
    LONG_MS,
  );
});

it('a window that is not a number of seconds stops the start', async () => {
  const { code, stderr } = await run(['check-config'], { BRIDGE_RESTORE_WINDOW_SECONDS: 'soon' });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('BRIDGE_RESTORE_WINDOW_SECONDS: expects a whole number from 0 to 86400'),
  ]);
});
