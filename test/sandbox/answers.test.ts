/** Every answer of the simulated Mode, in each of its profiles, is one that Mode is known to give. */
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

  /** Waits for the rate of calls, and comes again after a failure at the edge. */
  async function ask(method: string, path: string, body?: unknown, key: string | null = MAIN) {
    for (;;) {
      world.time.now += 11_000;
      const answer = await world.call(method, path, body, key);
      if (answer.status !== 502 && answer.status !== 503) return answer;
      expect(answer.text).toMatch(/^<html>/);
    }
  }

  /** A success with a body is of the schema; writes may have none. */
  async function right(schema: TSchema, method: string, path: string, body?: unknown, key?: string | null) {
    const answer = await ask(method, path, body, key);
    expect(SUCCESSES, `${method} ${path}: ${answer.status} ${answer.text}`).toContain(answer.status);
    if (answer.text === '') expect(method).not.toBe('GET');
    else expect(problemsOf(schema, answer.body), `${method} ${path}`).toEqual([]);
    return answer;
  }

  async function refused(method: string, path: string, body?: unknown, key?: string | null): Promise<Answer> {
    const answer = await ask(method, path, body, key);
    const { status, text } = answer;
    expect(status, `${method} ${path}: ${text}`).toBeGreaterThanOrEqual(400);
    const schema = mode.ERRORS[status];
    if (schema === undefined) throw new Error(`${method} ${path}: Mode does not answer ${status}`);
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
      const { body } = await right(mode.Verification, 'GET', '/api/verify', undefined, key);
      const { self } = body['_links'] as { self: { href: string } };
      await right(mode.ApiKey, 'GET', self.href, undefined, key);
      const root = await right(mode.KnownWorkspace, 'GET', BASE, undefined, key);
      // Links appear by privilege: an admin's are all there.
      if (key === MAIN) expect(root.body['_links']).toHaveProperty('api_keys');
      await right(mode.User, 'GET', `/api/${JANE.username}`, undefined, key);
      await refused('GET', '/api/account', undefined, key);
      await refused('GET', '/api/nobody', undefined, key);
    }
    await right(mode.Workspace, 'GET', BASE, undefined, null);
    await refused('GET', '/api/verify', undefined, basic('wrong'));
  });

  it('memberships', async () => {
    const path = `${BASE}/memberships`;
    const one = `${path}/${JANE.membership_token}`;
    await right(mode.listOf('memberships', mode.Membership), 'GET', path);
    if (quirks.lite === 'none') await refused('GET', `${path}/lite`);
    else await right(mode.listOf('memberships', mode.LiteMembership), 'GET', `${path}/lite`);
    await right(mode.Membership, 'GET', one);
    await refused('GET', `${path}/none`);
    const patched = { membership: { admin: true } };
    if (quirks.membership_patch === 'refused') await refused('PATCH', one, patched);
    else await right(mode.Membership, 'PATCH', one, patched);
    await right(mode.Membership, 'DELETE', one);
    await refused('DELETE', one);
  });

  it('invites', async () => {
    const path = `${BASE}/invites`;
    const invite = (email: string) => ({ invite: { invitee: { email }, message: 'hi' } });
    for (const email of ['new@x.test', 'new@x.test', 'gone@x.test', 'asked@x.test']) {
      await right(mode.Invite, 'POST', path, invite(email), INVITER);
    }
    if (quirks.invite_active === 'noop') await right(mode.Invite, 'POST', path, invite(JANE.email), INVITER);
    else await refused('POST', path, invite(JANE.email), INVITER);
    await refused('POST', path, invite('a@x.test'));
    await refused('POST', path, invite('nonsense'), INVITER);
    await refused('POST', path, { email: 'a@x.test' }, INVITER);
    world.control.set({ seat_limit_reached: true });
    await refused('POST', path, invite('late@x.test'), INVITER);
    expect((await ask('GET', BASE)).body).toMatchObject({
      seat_limit_reached: true,
      org_seat_limit_reached: true,
    });
    expect(world.control.invitesSent()).toEqual({ 'new@x.test': 2, 'gone@x.test': 1, 'asked@x.test': 1 });
  });

  it('groups and their members', async () => {
    const path = `${BASE}/groups`;
    const name = (text: string) => ({ user_group: { name: text } });
    await right(mode.listOf('groups', group), 'GET', path);
    await right(group, 'GET', TEAM);
    await right(group, 'POST', path, name('New'));
    await right(group, 'PATCH', TEAM, name('Crew'));
    await refused('POST', path, name('New'));
    await refused('POST', path, {});
    await refused('GET', `${path}?data_source=x`);
    await refused('GET', `${path}/none`);

    const members = mode.listOf('group_memberships', mode.GroupMembership);
    const { body } = await right(members, 'GET', `${TEAM}/memberships`);
    const [row] = (body['_embedded'] as { group_memberships: { token: string }[] }).group_memberships;
    const membership = `${TEAM}/memberships/${row?.token ?? ''}`;
    const add = (token: string) => ({ membership: { member_token: token } });
    const [admin] = world.control.state().members;
    await right(mode.GroupMembership, 'GET', membership);
    await right(mode.GroupMembership, 'POST', `${TEAM}/memberships`, add(admin?.member_token ?? ''));
    await refused('POST', `${TEAM}/memberships`, add('0123456789ab'));
    await right(mode.GroupMembership, 'DELETE', membership);
    await refused('DELETE', membership);
    await right(group, 'DELETE', TEAM);
  });

  it("groups, for a member's key without the privilege", async () => {
    world.control.set({ quirks: { member_key: 'plain' } });
    const { status, body } = await refused('GET', `${BASE}/groups`, undefined, INVITER);
    expect(status).toBe(quirks.privilege_refusal);
    if (quirks.not_found === 'json' && status === 404)
      expect(body['message']).toBe('Membership not found for Workspace');
  });

  it('collections, their members and permissions', async () => {
    for (const word of ['spaces', 'collections']) {
      const path = `${BASE}/${word}`;
      const sales = `${path}/${SALES.token}`;
      const list = await right(mode.listOf('spaces', mode.Space), 'GET', `${path}?filter=all`);
      const rows = (list.body['_embedded'] as { spaces: Record<string, unknown>[] }).spaces;
      expect(new Set(rows.map((row) => row['viewable?']))).toEqual(new Set([false]));
      expect((await right(mode.Space, 'GET', sales)).body['viewable?']).toBe(true);
      await right(mode.Space, 'POST', path, { space: { name: word, default_access_level: 'none' } });
      await right(mode.Space, 'POST', path, { space: { name: `${word} too` } });
      await right(mode.Space, 'PATCH', sales, { space: { default_access_level: 'edit' } });
      await refused('POST', sales, { space: { name: 'x' } });

      await right(mode.listOf('space_entitlements', mode.SpacePermission), 'GET', `${sales}/permissions`);
      const searched = mode.listOf('space_entitlements', mode.SearchedHolder);
      const found = await right(searched, 'GET', `${sales}/permissions/search?query=jane`);
      expect(found.text).toContain(JANE.member_token);

      const members = `${sales}/memberships`;
      const given = { membership: { member_type: 'User', member_token: JANE.member_token } };
      await right(mode.SpaceMembership, 'POST', members, given);
      const { body } = await right(mode.listOf('space_memberships', mode.SpaceMembership), 'GET', members);
      const memberships = (body['_embedded'] as { space_memberships: Record<string, string>[] })
        .space_memberships;
      const one = memberships.find((row) => row['member_id'] === JANE.username);
      expect(one).toMatchObject({ email: JANE.email, member_type: 'account' });
      await right(mode.SpaceMembership, 'GET', `${members}/${one?.['token'] ?? ''}`);
      await right(mode.SpaceMembership, 'DELETE', `${members}/${one?.['token'] ?? ''}`);
      await refused('GET', `${members}/${one?.['token'] ?? ''}`);
      for (const rest of ['memberships', 'permissions', 'permissions/search'])
        await refused('GET', `${path}/0000000000e2/${rest}`);
    }
    await right(mode.Space, 'DELETE', `${BASE}/spaces/${SALES.token}`);
    await refused('GET', `${BASE}/spaces/${SALES.token}`);
  });

  it('what is created with "none", or with nothing said, reads back as restricted', async () => {
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
    const { body } = await right(mode.listOf('data_sources', mode.DataSource), 'GET', path);
    const rows = (body['_embedded'] as { data_sources: Record<string, unknown>[] }).data_sources;
    expect(rows.map(({ name, soft_deleted: deleted }) => [name, deleted])).toEqual([
      ['Warehouse', false],
      ['Lost', true],
    ]);
    await right(mode.DataSource, 'GET', `${path}/${WAREHOUSE.token}`);
    await refused('GET', `${path}/none`);
    const permissions = `${path}/${WAREHOUSE.token}/permissions`;
    await right(mode.listOf('data_source_entitlements', mode.DataSourcePermission), 'GET', permissions);
    const permission = { action: 'view', accessor_type: 'UserGroup', accessor_token: GROUP.token };
    await right(mode.DataSourcePermission, 'POST', permissions, { permission });
    await refused('POST', permissions, { permission });
    await refused('POST', permissions, { permission: { ...permission, action: 'own' } });
    const list = (await ask('GET', permissions)).body['_embedded'] as {
      data_source_entitlements: { token: string }[];
    };
    const one = `${permissions}/${list.data_source_entitlements[0]?.token ?? ''}`;
    if (quirks.permission_get === 500) expect((await refused('GET', one)).status).toBe(500);
    else await right(mode.DataSourcePermission, 'GET', one);
    await right(mode.DataSourcePermission, 'PATCH', one, { permission: { action: 'manage' } });
    await right(mode.DataSourcePermission, 'DELETE', one);
  });

  it('the audit log', async () => {
    await ask('POST', `${BASE}/groups`, { user_group: { name: 'New' } });
    await right(mode.AuditLogs, 'GET', `${BASE}/audit_logs?${WINDOW}`);
    if (quirks.audit_errors === 'usual') {
      await refused('GET', `${BASE}/audit_logs`);
      await refused('GET', `${BASE}/audit_logs?${WINDOW}`, undefined, INVITER);
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
      await refused('POST', tokens, { signature_token });
      await refused('DELETE', `${tokens}/none`);
      return;
    }
    const { body } = await right(mode.SignatureToken, 'POST', tokens, { signature_token });
    const text = [body['token'], body['access_key'], body['access_secret']].join(':');
    const bearer = `Bearer ${Buffer.from(text).toString('base64')}`;
    await right(mode.BatchMembers, 'GET', '/batch/acme/members', undefined, bearer);
    const revoked = await ask('DELETE', `${tokens}/${String(body['token'])}`);
    expect(revoked.status).toBe(200);
    expect(revoked.text).not.toContain(String(body['access_secret']));
    await refused('GET', '/batch/acme/members', undefined, bearer);
    await refused('DELETE', `${tokens}/${String(body['token'])}`);
  });

  it('a body that is not called JSON is not read', async () => {
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
