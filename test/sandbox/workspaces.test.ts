/** One simulated Mode with several workspaces. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADMIN, basic, GROUP, INVITER, JANE, MAIN, simulate } from './simulated.ts';

const pair = (text: string) => ({ token: text, secret: text });
const GLOBEX_MAIN = basic('globex-main');
const GLOBEX_INVITER = basic('globex-inviter');
/** A workspace with keys of its own, as in Mode. */
const GLOBEX = { slug: 'globex', mainKey: pair('globex-main'), inviterKey: pair('globex-inviter') };
const WINDOW = 'start_timestamp=1970-01-01&end_timestamp=1971-01-01';
const MINT = {
  signature_token: {
    name: 'test',
    expires_at: '2030-01-01T00:00Z',
    auth_scope: { authentication_for: 'batch-api', authorization_type: 'read-only' },
  },
};

/** acme and globex, which have different keys, and initech, which has those of acme. */
async function three() {
  const mode = await simulate({ auto_accept_seconds: -1 }, undefined, [GLOBEX, { slug: 'initech' }]);
  for (const slug of ['acme', 'globex', 'initech'])
    mode.sandbox.workspace(slug).control.putState({ members: [ADMIN, JANE], groups: [GROUP] });
  return mode;
}

describe('several workspaces', () => {
  const slugs = ['acme', 'globex', 'initech'] as const;
  const keysOf = (slug: string) => (slug === 'globex' ? [GLOBEX_MAIN, GLOBEX_INVITER] : [MAIN, INVITER]);
  const calls = (slug: string): readonly [string, string, unknown, 0 | 1][] => [
    ['GET', `/api/${slug}/memberships`, undefined, 0],
    ['GET', `/api/${slug}/nothing`, undefined, 0],
    ['POST', `/api/${slug}/invites`, { invite: { invitee: { email: 'new@x.test' }, message: 'hi' } }, 1],
    ['POST', `/api/${slug}/groups`, { user_group: { name: 'Crew' } }, 0],
    ['DELETE', `/api/${slug}/groups/${GROUP.token}`, undefined, 0],
    ['DELETE', `/api/${slug}/memberships/${JANE.membership_token}`, undefined, 0],
    ['POST', `/api/${slug}/spaces`, { space: { name: 'Sales' } }, 0],
    ['POST', `/batch/${slug}/signature_tokens`, MINT, 0],
    ['PATCH', `/_sandbox/${slug}/settings`, { profile: 'hostile', revoked_keys: ['main'] }, 0],
    ['PATCH', `/_sandbox/${slug}/settings`, { rate_per_second: 1, burst: 1 }, 0],
    ['POST', `/_sandbox/${slug}/faults`, { status: 503 }, 0],
    ['POST', `/_sandbox/${slug}/ui-edit`, { action: 'promote', email: JANE.email }, 0],
    ['POST', `/_sandbox/${slug}/seed`, { members: 3, groups: 1 }, 0],
    ['DELETE', `/_sandbox/${slug}/requests`, undefined, 0],
    ['POST', `/_sandbox/${slug}/reset`, {}, 0],
  ];
  const step = fc.record({ slug: fc.constantFrom(...slugs), call: fc.nat(calls('').length - 1) });

  it('share nothing: whatever is done to one of them changes nothing in the others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { sandbox, call, close } = await three();
        const everything = (slug: string) => {
          const { control } = sandbox.workspace(slug);
          return structuredClone([
            control.state(true),
            control.settings(),
            control.requests(),
            control.counts(),
            control.invitesSent(),
          ]);
        };
        for (const { slug, call: index } of steps) {
          const others = slugs.filter((other) => other !== slug);
          const before = others.map(everything);
          const [method, path, body, key] = calls(slug)[index] ?? ['GET', '/', undefined, 0];
          await call(method, path, body, keysOf(slug)[key]);
          expect(others.map(everything), `${method} ${path}`).toEqual(before);
        }
        await close();
      }),
      { numRuns: 25 },
    );
  });

  it('have a rate limit, an audit log and Discovery tokens each', async () => {
    const { call, sandbox } = await three();
    sandbox.workspace('acme').control.set({ rate_per_second: 1, burst: 1 });
    const statuses = async (slug: string) => {
      const path = `/api/${slug}/groups`;
      return [(await call('GET', path)).status, (await call('GET', path)).status];
    };
    expect(await statuses('acme')).toEqual([200, 429]);
    expect(await statuses('initech')).toEqual([200, 200]);

    await call('POST', '/api/initech/groups', { user_group: { name: 'Crew' } });
    const audited = async (slug: string) => {
      sandbox.workspace(slug).control.set({ rate_per_second: null });
      return (await call('GET', `/api/${slug}/audit_logs?${WINDOW}`)).body['audit_logs'];
    };
    expect(await audited('acme')).toEqual([]);
    expect(await audited('initech')).toMatchObject([{ workspace_username: 'initech' }]);

    const minted = (await call('POST', '/batch/initech/signature_tokens', MINT)).body;
    const { token, access_key: key, access_secret: secret } = minted as Record<string, string>;
    const bearer = `Bearer ${btoa(`${token}:${key}:${secret}`)}`;
    expect((await call('GET', '/batch/initech/members', undefined, bearer)).status).toBe(200);
    expect((await call('GET', '/batch/acme/members', undefined, bearer)).status).toBe(401);
  });

  it('have different ids and tokens', async () => {
    const { call } = await three();
    const records = await Promise.all(slugs.map(async (slug) => (await call('GET', `/api/${slug}`)).body));
    expect(records.map((record) => record['username'])).toEqual(slugs);
    for (const field of ['id', 'token']) expect(new Set(records.map((each) => each[field])).size).toBe(3);
  });

  it.each(['/api/nobody/groups', '/api/nobody', '/batch/nobody/members', '/_sandbox/nobody/state'])(
    'a name that none of them has gets 404: %s',
    async (path) => {
      const { call } = await three();
      expect(await call('GET', path)).toMatchObject({ status: 404, body: { id: 'not_found' } });
    },
  );
});

describe('a key of another workspace', () => {
  const elsewhere = { status: 404, body: { id: 'not_found', message: 'Membership not found for Workspace' } };

  it.each([
    ['GET', '/api/globex/memberships', undefined],
    ['GET', '/api/globex/memberships/lite', undefined],
    ['GET', '/api/globex/groups', undefined],
    ['POST', '/api/globex/groups', { user_group: { name: 'Crew' } }],
    ['DELETE', `/api/globex/memberships/${JANE.membership_token}`, undefined],
    ['POST', '/api/globex/invites', { invite: { invitee: { email: 'a@x.test' }, message: 'hi' } }],
    ['GET', '/api/globex/spaces', undefined],
    ['POST', '/batch/globex/signature_tokens', MINT],
  ])('gets the 404 of an account that is not a member: %s %s', async (method, path, body) => {
    const { call, sandbox } = await three();
    const before = sandbox.workspace('globex').state(true);
    for (const key of [MAIN, INVITER]) expect(await call(method, path, body, key)).toMatchObject(elsewhere);
    expect(sandbox.workspace('globex').state(true)).toEqual(before);
    const requests = sandbox.workspace('globex').control.requests();
    expect(requests.map(({ credential }) => credential)).toEqual(['other_workspace', 'other_workspace']);
  });

  it('gets 401 from the audit log, and of the workspace only what everybody can read', async () => {
    const { call, sandbox } = await three();
    expect((await call('GET', `/api/globex/audit_logs?${WINDOW}`)).status).toBe(401);
    expect((await call('GET', '/api/globex')).body).toEqual(
      (await call('GET', '/api/globex', undefined, null)).body,
    );
    sandbox.workspace('globex').control.set({ quirks: { anonymous_root: false } });
    expect(await call('GET', '/api/globex')).toMatchObject(elsewhere);
    expect((await call('GET', '/api/globex', undefined, null)).status).toBe(401);
  });

  it('gets 401 like an unknown key when it is revoked in its own workspace', async () => {
    const { call, sandbox } = await three();
    sandbox.workspace('globex').control.set({ revoked_keys: ['main'] });
    expect((await call('GET', '/api/acme/groups', undefined, GLOBEX_MAIN)).status).toBe(401);
    expect((await call('GET', '/api/acme/groups', undefined, GLOBEX_INVITER)).status).toBe(404);
  });

  it('can be given a fault', async () => {
    const { call, sandbox } = await three();
    sandbox.workspace('globex').fault({ credential: 'other_workspace', status: 403 });
    expect((await call('GET', '/api/globex/groups')).status).toBe(403);
    expect((await call('GET', '/api/globex/groups', undefined, GLOBEX_MAIN)).status).toBe(200);
  });
});

describe('paths without a workspace', () => {
  it('the key check and the record of the key are those of its workspace', async () => {
    const { call, sandbox } = await three();
    const { body } = await call('GET', '/api/verify', undefined, GLOBEX_INVITER);
    expect(body).toMatchObject({ workspace: 'globex', api_key_scope: 'member' });
    const { self } = body['_links'] as { self: { href: string } };
    expect(self.href).toBe('/api/globex/api_keys/globex-inviter');
    expect((await call('GET', self.href, undefined, GLOBEX_INVITER)).status).toBe(200);
    expect(sandbox.workspace('globex').control.counts().total).toBe(2);
    expect(sandbox.control.counts().total).toBe(0);
  });

  it('a key that opens several workspaces is checked as a key of the first that accepts it', async () => {
    const { call, sandbox } = await three();
    const checked = async () => (await call('GET', '/api/verify')).body['workspace'];
    expect(await checked()).toBe('acme');
    sandbox.control.set({ revoked_keys: ['main'] });
    expect(await checked()).toBe('initech');
  });

  it('a key reads the records of people in every workspace that it opens, and no others', async () => {
    const { call, sandbox } = await three();
    const put = (slug: string, username: string) =>
      sandbox.workspace(slug).control.putState({ members: [{ email: `${username}@x.test`, username }] });
    put('globex', 'hank');
    put('initech', 'peter');
    const read = async (username: string, key: string) =>
      (await call('GET', `/api/${username}`, undefined, key)).status;
    expect([await read('peter', MAIN), await read('hank', GLOBEX_MAIN)]).toEqual([200, 200]);
    expect([await read('hank', MAIN), await read('peter', GLOBEX_MAIN)]).toEqual([404, 404]);
  });
});

describe('the control API and own SCIM of a workspace', () => {
  it('without a name are those of the first, also for callers in this process', async () => {
    const { call, sandbox } = await three();
    sandbox.edit({ action: 'promote', email: JANE.email });
    const first = sandbox.state();
    expect(sandbox.workspace('acme').state()).toEqual(first);
    expect(sandbox.workspace('globex').state()).not.toEqual(first);
    expect((await call('GET', '/_sandbox/state')).body).toEqual(first);
    expect((await call('GET', '/_sandbox/acme/state')).body).toEqual(first);
    expect(() => sandbox.workspace('nobody')).toThrow('no workspace "nobody"');
  });

  it.each(['state', 'settings', 'requests', '_sandbox', 'api', 'v2', 'verify', 'account'])(
    'a workspace named "%s" is reached by its name, and hides nothing of the first',
    async (slug) => {
      const { call, control, sandbox } = await simulate({}, undefined, [{ ...GLOBEX, slug }]);
      await call('POST', `/_sandbox/${slug}/ui-edit`, { action: 'create_group', name: 'Crew' });
      expect((await call('GET', `/_sandbox/${slug}/state`)).body).toMatchObject({
        groups: [{ name: 'Crew' }],
      });
      for (const route of ['state', 'settings', 'counts'])
        expect((await call('GET', `/_sandbox/${route}`)).status).toBe(200);
      expect(control.state().groups).toEqual([]);
      expect((await call('GET', `/api/${slug}/groups`, undefined, GLOBEX_MAIN)).status).toBe(200);
      expect((await call('GET', '/api/verify')).body['workspace']).toBe('acme');
      expect(sandbox.workspace(slug).control.requests()).toHaveLength(1);
    },
  );

  it("own SCIM names the workspace in its URL, and accepts that workspace's token alone", async () => {
    const further = [{ ...GLOBEX, scimToken: 'globex-scim' }, { slug: 'initech' }];
    const { call, sandbox } = await simulate({ scim_enabled: true }, undefined, further);
    const create = async (path: string, token: string) =>
      (await call('POST', `${path}/Users`, { userName: `${token}@x.test` }, `Bearer ${token}`)).status;
    expect(await create('/scim/globex/v2', 'acme-scim')).toBe(401);
    expect(await create('/scim/v2', 'globex-scim')).toBe(401);
    expect(await create('/scim/globex/v2', 'globex-scim')).toBe(201);
    expect(await create('/scim/initech/v2', 'acme-scim')).toBe(201);
    for (const slug of ['globex', 'initech']) expect(sandbox.workspace(slug).state().members).toHaveLength(2);
    expect(sandbox.state().members).toHaveLength(1);
    expect(await create('/scim/v2', 'acme-scim')).toBe(201);
    expect(await create('/scim/acme/v2', 'acme-scim')).toBe(409);
  });
});
