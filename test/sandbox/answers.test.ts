/** In every profile, every response of the simulated Mode matches the schemas of Mode's responses. */
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { beforeEach, describe, expect, it } from 'vitest';
import { PROFILE_NAMES, PROFILES, type ProfileName } from '../../src/sandbox/mode/behaviour/profiles.ts';
import * as mode from './mode-schemas.ts';
import { ADMIN, basic, GROUP, INVITER, JANE, MAIN, simulate, type Answer } from './simulated.ts';

const BASE = '/api/acme';
const TEAM = `${BASE}/groups/${GROUP.token}`;
const SALES = { name: 'Sales', token: '0000000000e1' };
const WAREHOUSE = { name: 'Warehouse', token: '0000000000f1' };
const WINDOW = 'start_timestamp=1970-01-01&end_timestamp=1971-01-01';
const SUCCESSES = [200, 201, 204];

function problemsOf(schema: TSchema, value: unknown): string[] {
  return [...Value.Errors(schema, value)].map(
    ({ instancePath, message }) => `${instancePath} ${message}: ${JSON.stringify(value)}`,
  );
}

describe.each(PROFILE_NAMES)('in the profile %s', (profile: ProfileName) => {
  const { quirks } = PROFILES[profile];
  const group = quirks.group_fields === 'bare' ? mode.BareGroup : mode.Group;
  let world: Awaited<ReturnType<typeof simulate>>;

  /** Waits for the rate limit and retries after a 502 or 503. */
  async function ask(method: string, path: string, body?: unknown, key: string | null = MAIN) {
    for (;;) {
      world.time.now += 11_000;
      const answer = await world.call(method, path, body, key);
      if (answer.status !== 502 && answer.status !== 503) return answer;
      expect(answer.text).toMatch(/^<html>/);
    }
  }

  /** Expects a success whose body matches the schema. Writes may have no body. */
  async function expectSuccess(
    schema: TSchema,
    method: string,
    path: string,
    body?: unknown,
    key?: string | null,
  ) {
    const answer = await ask(method, path, body, key);
    expect(SUCCESSES, `${method} ${path}: ${answer.status} ${answer.text}`).toContain(answer.status);
    if (answer.text === '') expect(method).not.toBe('GET');
    else expect(problemsOf(schema, answer.body), `${method} ${path}`).toEqual([]);
    return answer;
  }

  async function expectRefusal(
    method: string,
    path: string,
    body?: unknown,
    key?: string | null,
  ): Promise<Answer> {
    const answer = await ask(method, path, body, key);
    const { status, text } = answer;
    expect(status, `${method} ${path}: ${text}`).toBeGreaterThanOrEqual(400);
    const schema = mode.ERRORS[status];
    if (schema === undefined) throw new Error(`${method} ${path}: Mode never returns ${status}`);
    if (status === 404 && quirks.not_found === 'empty') expect(text).toBe('');
    else expect(problemsOf(schema, answer.body), `${method} ${path}`).toEqual([]);
    if (quirks.errors === 'documented') expect(status).not.toBe(422);
    return answer;
  }

  beforeEach(async () => {
    world = await simulate({ profile, auto_accept_seconds: -1 });
    world.control.putState({
      members: [
        ADMIN,
        JANE,
        { email: 'managed@x.test', managed_by_scim: true },
        { email: 'gone@x.test', state: 'banned' },
        { email: 'asked@x.test', state: 'pending' },
      ],
      groups: [GROUP, { name: 'Old', state: 'soft_deleted' }, { name: 'Managed', managed: true }],
      spaces: [
        { ...SALES, permissions: [{ action: 'view', group: 'Team' }] },
        { name: 'Mine', token: '0000000000e2', space_type: 'private' },
      ],
      data_sources: [
        { ...WAREHOUSE, permissions: [{ action: 'query', email: JANE.email }] },
        { name: 'Lost', soft_deleted: true },
      ],
    });
  });

  it('keys, the workspace and people', async () => {
    for (const key of [MAIN, INVITER]) {
      const { body } = await expectSuccess(mode.Verification, 'GET', '/api/verify', undefined, key);
      const { self } = body['_links'] as { self: { href: string } };
      await expectSuccess(mode.ApiKey, 'GET', self.href, undefined, key);
      const root = await expectSuccess(mode.KnownWorkspace, 'GET', BASE, undefined, key);
      // Links depend on the privilege: an admin gets all of them.
      if (key === MAIN) expect(root.body['_links']).toHaveProperty('api_keys');
      await expectSuccess(mode.User, 'GET', `/api/${JANE.username}`, undefined, key);
      await expectRefusal('GET', '/api/account', undefined, key);
      await expectRefusal('GET', '/api/nobody', undefined, key);
    }
    await expectSuccess(mode.Workspace, 'GET', BASE, undefined, null);
    await expectRefusal('GET', '/api/verify', undefined, basic('wrong'));
  });

  it('memberships', async () => {
    const path = `${BASE}/memberships`;
    const one = `${path}/${JANE.membership_token}`;
    await expectSuccess(mode.listOf('memberships', mode.Membership), 'GET', path);
    if (quirks.lite === 'none') await expectRefusal('GET', `${path}/lite`);
    else await expectSuccess(mode.listOf('memberships', mode.LiteMembership), 'GET', `${path}/lite`);
    await expectSuccess(mode.Membership, 'GET', one);
    await expectRefusal('GET', `${path}/none`);
    const patched = { membership: { admin: true } };
    if (quirks.membership_patch === 'refused') await expectRefusal('PATCH', one, patched);
    else await expectSuccess(mode.Membership, 'PATCH', one, patched);
    await expectSuccess(mode.Membership, 'DELETE', one);
    await expectRefusal('DELETE', one);
  });

  it('invites', async () => {
    const path = `${BASE}/invites`;
    const invite = (email: string) => ({ invite: { invitee: { email }, message: 'hi' } });
    for (const email of ['new@x.test', 'new@x.test', 'gone@x.test', 'asked@x.test']) {
      await expectSuccess(mode.Invite, 'POST', path, invite(email), INVITER);
    }
    if (quirks.invite_active === 'noop')
      await expectSuccess(mode.Invite, 'POST', path, invite(JANE.email), INVITER);
    else await expectRefusal('POST', path, invite(JANE.email), INVITER);
    await expectRefusal('POST', path, invite('a@x.test'));
    await expectRefusal('POST', path, invite('nonsense'), INVITER);
    await expectRefusal('POST', path, { email: 'a@x.test' }, INVITER);
    world.control.set({ seat_limit_reached: true });
    await expectRefusal('POST', path, invite('late@x.test'), INVITER);
    expect((await ask('GET', BASE)).body).toMatchObject({
      seat_limit_reached: true,
      org_seat_limit_reached: true,
    });
    expect(world.control.invitesSent()).toEqual({ 'new@x.test': 2, 'gone@x.test': 1, 'asked@x.test': 1 });
  });

  it('groups and their members', async () => {
    const path = `${BASE}/groups`;
    const name = (text: string) => ({ user_group: { name: text } });
    await expectSuccess(mode.listOf('groups', group), 'GET', path);
    await expectSuccess(group, 'GET', TEAM);
    await expectSuccess(group, 'POST', path, name('New'));
    await expectSuccess(group, 'PATCH', TEAM, name('Crew'));
    await expectRefusal('POST', path, name('New'));
    await expectRefusal('POST', path, {});
    await expectRefusal('GET', `${path}?data_source=x`);
    await expectRefusal('GET', `${path}/none`);

    const members = mode.listOf('group_memberships', mode.GroupMembership);
    const { body } = await expectSuccess(members, 'GET', `${TEAM}/memberships`);
    const [row] = (body['_embedded'] as { group_memberships: { token: string }[] }).group_memberships;
    const membership = `${TEAM}/memberships/${row?.token ?? ''}`;
    const add = (token: string) => ({ membership: { member_token: token } });
    const [admin] = world.control.state().members;
    await expectSuccess(mode.GroupMembership, 'GET', membership);
    await expectSuccess(mode.GroupMembership, 'POST', `${TEAM}/memberships`, add(admin?.member_token ?? ''));
    await expectRefusal('POST', `${TEAM}/memberships`, add('0123456789ab'));
    await expectSuccess(mode.GroupMembership, 'DELETE', membership);
    await expectRefusal('DELETE', membership);
    await expectSuccess(group, 'DELETE', TEAM);
  });

  it("groups, for a member's key without the privilege", async () => {
    world.control.set({ quirks: { member_key: 'plain' } });
    const { status, body } = await expectRefusal('GET', `${BASE}/groups`, undefined, INVITER);
    expect(status).toBe(quirks.privilege_refusal);
    if (quirks.not_found === 'json' && status === 404)
      expect(body['message']).toBe('Membership not found for Workspace');
  });

  it('collections, their members and permissions', async () => {
    for (const word of ['spaces', 'collections']) {
      const path = `${BASE}/${word}`;
      const sales = `${path}/${SALES.token}`;
      const list = await expectSuccess(mode.listOf('spaces', mode.Space), 'GET', `${path}?filter=all`);
      const rows = (list.body['_embedded'] as { spaces: Record<string, unknown>[] }).spaces;
      expect(new Set(rows.map((row) => row['viewable?']))).toEqual(new Set([false]));
      expect((await expectSuccess(mode.Space, 'GET', sales)).body['viewable?']).toBe(true);
      await expectSuccess(mode.Space, 'POST', path, { space: { name: word, default_access_level: 'none' } });
      await expectSuccess(mode.Space, 'POST', path, { space: { name: `${word} too` } });
      await expectSuccess(mode.Space, 'PATCH', sales, { space: { default_access_level: 'edit' } });
      await expectRefusal('POST', sales, { space: { name: 'x' } });

      await expectSuccess(
        mode.listOf('space_entitlements', mode.SpacePermission),
        'GET',
        `${sales}/permissions`,
      );
      const searched = mode.listOf('space_entitlements', mode.SearchedHolder);
      const found = await expectSuccess(searched, 'GET', `${sales}/permissions/search?query=jane`);
      expect(found.text).toContain(JANE.member_token);

      const members = `${sales}/memberships`;
      const given = { membership: { member_type: 'User', member_token: JANE.member_token } };
      await expectSuccess(mode.SpaceMembership, 'POST', members, given);
      const { body } = await expectSuccess(
        mode.listOf('space_memberships', mode.SpaceMembership),
        'GET',
        members,
      );
      const memberships = (body['_embedded'] as { space_memberships: Record<string, string>[] })
        .space_memberships;
      const one = memberships.find((row) => row['member_id'] === JANE.username);
      expect(one).toMatchObject({ email: JANE.email, member_type: 'account' });
      await expectSuccess(mode.SpaceMembership, 'GET', `${members}/${one?.['token'] ?? ''}`);
      await expectSuccess(mode.SpaceMembership, 'DELETE', `${members}/${one?.['token'] ?? ''}`);
      await expectRefusal('GET', `${members}/${one?.['token'] ?? ''}`);
      for (const rest of ['memberships', 'permissions', 'permissions/search'])
        await expectRefusal('GET', `${path}/0000000000e2/${rest}`);
    }
    await expectSuccess(mode.Space, 'DELETE', `${BASE}/spaces/${SALES.token}`);
    await expectRefusal('GET', `${BASE}/spaces/${SALES.token}`);
  });

  it('a collection created with access level "none", or without one, reads back as restricted', async () => {
    for (const level of [{ default_access_level: 'none' }, {}]) {
      await ask('POST', `${BASE}/spaces`, { space: { name: `New ${JSON.stringify(level)}`, ...level } });
    }
    const list = (await ask('GET', `${BASE}/spaces`)).body['_embedded'] as {
      spaces: Record<string, string>[];
    };
    const made = list.spaces.filter((space) => space['name']?.startsWith('New') === true);
    expect(made.map((space) => space['default_access_level'])).toEqual(['restricted', 'restricted']);
  });

  it('data sources and their permissions', async () => {
    const path = `${BASE}/data_sources`;
    const { body } = await expectSuccess(mode.listOf('data_sources', mode.DataSource), 'GET', path);
    const rows = (body['_embedded'] as { data_sources: Record<string, unknown>[] }).data_sources;
    expect(rows.map(({ name, soft_deleted: deleted }) => [name, deleted])).toEqual([
      ['Warehouse', false],
      ['Lost', true],
    ]);
    await expectSuccess(mode.DataSource, 'GET', `${path}/${WAREHOUSE.token}`);
    await expectRefusal('GET', `${path}/none`);
    const permissions = `${path}/${WAREHOUSE.token}/permissions`;
    await expectSuccess(
      mode.listOf('data_source_entitlements', mode.DataSourcePermission),
      'GET',
      permissions,
    );
    const permission = { action: 'view', accessor_type: 'UserGroup', accessor_token: GROUP.token };
    await expectSuccess(mode.DataSourcePermission, 'POST', permissions, { permission });
    await expectRefusal('POST', permissions, { permission });
    await expectRefusal('POST', permissions, { permission: { ...permission, action: 'own' } });
    const list = (await ask('GET', permissions)).body['_embedded'] as {
      data_source_entitlements: { token: string }[];
    };
    const one = `${permissions}/${list.data_source_entitlements[0]?.token ?? ''}`;
    if (quirks.permission_get === 500) expect((await expectRefusal('GET', one)).status).toBe(500);
    else await expectSuccess(mode.DataSourcePermission, 'GET', one);
    await expectSuccess(mode.DataSourcePermission, 'PATCH', one, { permission: { action: 'manage' } });
    await expectSuccess(mode.DataSourcePermission, 'DELETE', one);
  });

  it('the audit log', async () => {
    await ask('POST', `${BASE}/groups`, { user_group: { name: 'New' } });
    await expectSuccess(mode.AuditLogs, 'GET', `${BASE}/audit_logs?${WINDOW}`);
    if (quirks.audit_errors === 'usual') {
      await expectRefusal('GET', `${BASE}/audit_logs`);
      await expectRefusal('GET', `${BASE}/audit_logs?${WINDOW}`, undefined, INVITER);
      return;
    }
    const bad = await ask('GET', `${BASE}/audit_logs`);
    expect([bad.status, 'id' in bad.body, 'message' in bad.body]).toEqual([400, false, false]);
    const unauthorized = await ask('GET', `${BASE}/audit_logs?${WINDOW}`, undefined, INVITER);
    expect([unauthorized.status, unauthorized.text]).toEqual([401, '']);
  });

  it('the Discovery API', async () => {
    const signature_token = {
      name: 'the bridge',
      expires_at: '1971-01-01T01:00Z',
      auth_scope: { authentication_for: 'batch-api', authorization_type: 'read-only' },
    };
    const tokens = '/batch/acme/signature_tokens';
    if (quirks.discovery === 'refused') {
      await expectRefusal('POST', tokens, { signature_token });
      await expectRefusal('DELETE', `${tokens}/none`);
      return;
    }
    const { body } = await expectSuccess(mode.SignatureToken, 'POST', tokens, { signature_token });
    const text = [body['token'], body['access_key'], body['access_secret']].join(':');
    const bearer = `Bearer ${Buffer.from(text).toString('base64')}`;
    await expectSuccess(mode.BatchMembers, 'GET', '/batch/acme/members', undefined, bearer);
    const revoked = await ask('DELETE', `${tokens}/${String(body['token'])}`);
    expect(revoked.status).toBe(200);
    expect(revoked.text).not.toContain(String(body['access_secret']));
    await expectRefusal('GET', '/batch/acme/members', undefined, bearer);
    await expectRefusal('DELETE', `${tokens}/${String(body['token'])}`);
  });

  it('a body without a JSON Content-Type is ignored', async () => {
    for (const headers of [{}, { 'content-type': 'application/x-www-form-urlencoded' }]) {
      world.time.now += 11_000;
      const response = await fetch(`${world.url}${BASE}/groups`, {
        method: 'POST',
        headers: { authorization: MAIN, ...headers },
        body: Buffer.from('{"user_group":{"name":"New"}}'),
      });
      expect([response.status, ((await response.json()) as { id: string }).id]).toEqual([
        400,
        'param_missing',
      ]);
    }
    expect(world.control.state().groups?.map(({ name }) => name)).not.toContain('New');
  });

  it('too many calls', async () => {
    world.control.set({ rate_per_second: 1, burst: 1, quirks: { edge_failure_every: 0 } });
    world.time.now += 60_000;
    await world.call('GET', '/api/verify');
    const { status, body, headers } = await world.call('GET', '/api/verify');
    expect([status, problemsOf(mode.ERRORS[429] ?? mode.Workspace, body)]).toEqual([429, []]);
    expect(headers.has('x-ratelimit-limit')).toBe(quirks.rate_headers);
    expect(headers.has('x-ratelimit-remaining')).toBe(quirks.rate_headers);
  });
});
