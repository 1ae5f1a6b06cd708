/** The parts of Mode other than members and groups: audit log, Discovery API, collections, data sources, permissions. */
import { describe, expect, it } from 'vitest';
import type { SettingsPatch } from '../../src/sandbox/mode/behaviour/settings.ts';
import { ADMIN, GROUP, INVITER, JANE, MAIN, simulate, type Answer } from './simulated.ts';

const SPACES = '/api/acme/spaces';
const SALES = { name: 'Sales', token: '0000000000e1', permissions: [{ action: 'view', group: 'Team' }] };
const SECRET = { name: 'Secret', token: '0000000000e2', space_type: 'private' as const };
const WAREHOUSE = { name: 'Warehouse', token: '0000000000f1' };
const SOURCES = '/api/acme/data_sources';

async function seeded(settings: SettingsPatch = {}) {
  const mode = await simulate({ auto_accept_seconds: -1, ...settings });
  mode.control.putState({
    members: [ADMIN, JANE],
    groups: [GROUP],
    spaces: [SALES, SECRET],
    data_sources: [WAREHOUSE],
  });
  return mode;
}

describe('9.1 the audit log', () => {
  const LOG = '/api/acme/audit_logs';
  const at = (ms: number) => new Date(ms).toISOString();

  interface Entry {
    action: string;
    event_source: string;
    actor: Record<string, string>;
    entity: Record<string, string>;
    context: Record<string, string>;
    timestamp: string;
  }

  async function entries(
    mode: Awaited<ReturnType<typeof seeded>>,
    query = `start_timestamp=${at(0)}&end_timestamp=${at(2e6)}`,
  ) {
    const { body } = await mode.call('GET', `${LOG}?${query}`);
    return body['audit_logs'] as Entry[];
  }

  it('has an entry for every write and every edit, and none for refused ones', async () => {
    const mode = await seeded();
    const team = `/api/acme/groups/${GROUP.token}`;
    await mode.invite('new@x.test');
    await mode.invite('nonsense');
    const made = await mode.call('POST', '/api/acme/groups', { user_group: { name: 'New' } });
    await mode.call('POST', '/api/acme/groups', { user_group: { name: 'New' } });
    await mode.call('PATCH', team, { user_group: { name: 'Crew' } });
    await mode.addToGroup(String(made.body['token']), JANE.member_token);
    const [row] = await mode.list(`${team}/memberships`, 'group_memberships');
    await mode.call('DELETE', row?._links?.['self']?.href ?? '');
    await mode.call('DELETE', team);
    const jane = `/api/acme/memberships/${JANE.membership_token}`;
    await mode.call('PATCH', jane, { membership: { admin: true } });
    mode.control.uiEdit({ action: 'demote', email: JANE.email });
    await mode.call('DELETE', jane);
    const log = await entries(mode);
    expect(log.map(({ action, event_source }) => [action, event_source])).toEqual([
      ['member_invited', 'api'],
      ['group_created', 'api'],
      ['group_renamed', 'api'],
      ['group_member_added', 'api'],
      ['group_member_removed', 'api'],
      ['group_deleted', 'api'],
      ['membership_role_changed', 'api'],
      ['membership_role_changed', 'web'],
      ['membership_removed', 'api'],
    ]);
    expect(log[2]).toMatchObject({
      entity: { entity_name: 'Crew', entity_type: 'user_group', entity_id: GROUP.token },
      context: { previous_name: 'Team' },
    });
    expect(log[3]?.context).toMatchObject({ group_name: 'New', username: JANE.username });
    expect(log.map(({ actor }) => actor['username'] === '')).toEqual([
      ...[false, true, true, true, true, true, true, false, true],
    ]);
    expect(JSON.stringify(log)).not.toContain('c2FuZGJveA');
  });

  it('uses the published action name when a group gets access to a connection', async () => {
    const mode = await seeded();
    const permission = { action: 'query', accessor_type: 'UserGroup', accessor_token: GROUP.token };
    await mode.call('POST', `${SOURCES}/${WAREHOUSE.token}/permissions`, { permission });
    expect(await entries(mode)).toMatchObject([
      {
        action: 'connection_group_added_with_role',
        entity: { entity_type: 'workspace_connection', entity_id: WAREHOUSE.token },
        context: { role: 'query', group_id: GROUP.token },
      },
    ]);
  });

  it('requires a time window, in UTC by default, and filters', async () => {
    const mode = await seeded();
    mode.control.uiEdit({ action: 'create_group', name: 'One' });
    mode.time.now += 1_000;
    mode.control.uiEdit({ action: 'create_group', name: 'Two' });
    for (const query of ['', 'start_timestamp=1970-01-01', 'start_timestamp=x&end_timestamp=y']) {
      expect((await mode.call('GET', `${LOG}?${query}`)).status).toBe(400);
    }
    const until = 'end_timestamp=1970-01-01T01:00:00%2B00:00';
    const named = async (query: string) =>
      (await entries(mode, query)).map(({ entity }) => entity['entity_name']);
    expect(await named(`start_timestamp=1970-01-01T00:16:41&${until}`)).toEqual(['Two']);
    expect(await named(`start_timestamp=1970-01-01&${until}&entity_name=One`)).toEqual(['One']);
    expect(await named(`start_timestamp=1970-01-01&${until}&event_source=api`)).toEqual([]);
  });

  it('has pages of a hundred, with a cursor until the last page', async () => {
    const mode = await seeded();
    for (let index = 0; index < 250; index += 1) {
      mode.control.uiEdit({ action: 'create_group', name: `Group ${index}` });
    }
    const window = `start_timestamp=${at(0)}&end_timestamp=${at(2e6)}`;
    const names: unknown[] = [];
    const sizes = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const { body }: Answer = await mode.call('GET', `${LOG}?${window}&next_token=${cursor}`);
      const page = body as unknown as { audit_logs: Entry[]; next_token?: string };
      sizes.push(page.audit_logs.length);
      names.push(...page.audit_logs.map(({ entity }) => entity['entity_name']));
      cursor = page.next_token;
    }
    expect(sizes).toEqual([100, 100, 50]);
    expect(names).toEqual(Array.from({ length: 250 }, (_, index) => `Group ${index}`));
    expect((await mode.call('GET', `${LOG}?${window}&next_token=other`)).status).toBe(400);
  });
});

describe('9.2 the Discovery API', () => {
  const request = (signature_token: object = {}) => ({
    signature_token: {
      name: 'the bridge',
      expires_at: '1970-01-01T01:00Z',
      auth_scope: { authentication_for: 'batch-api', authorization_type: 'read-only' },
      ...signature_token,
    },
  });
  const bearer = ({ body }: Answer) => {
    const text = [body['token'], body['access_key'], body['access_secret']].join(':');
    return `Bearer ${Buffer.from(text).toString('base64')}`;
  };

  it('lists all members, including former ones, with tokens and addresses', async () => {
    const { call, invite, control } = await seeded();
    await invite('new@x.test');
    control.uiEdit({ action: 'ban', email: JANE.email });
    const minted = await call('POST', '/batch/acme/signature_tokens', request());
    expect(minted.body).toMatchObject({ name: 'the bridge', authorization_type: 'read-only' });
    const { status, body } = await call('GET', '/batch/acme/members', undefined, bearer(minted));
    expect(status).toBe(200);
    expect(body['members']).toMatchObject([
      { member_email: ADMIN.email, state: 'active', token: ADMIN.membership_token, banned_at: null },
      {
        member_email: JANE.email,
        member_token: JANE.member_token,
        state: 'banned',
        banned_at: '1970-01-01T00:16:40.000Z',
      },
      { member_email: 'new@x.test', state: 'pending', activated_at: null },
    ]);
  });

  it('has pages of up to a thousand, with correct links', async () => {
    const { call, control } = await seeded();
    control.seed({ members: 2_500 });
    const authorization = bearer(await call('POST', '/batch/acme/signature_tokens', request()));
    const emails = new Set<unknown>();
    let href: string | undefined = '/batch/acme/members?per_page=5000';
    const sizes = [];
    while (href !== undefined) {
      const { body } = await call('GET', href, undefined, authorization);
      const members = body['members'] as { member_email: string }[];
      for (const { member_email } of members) emails.add(member_email);
      sizes.push(members.length);
      href = (body['_links'] as { next_page?: { href: string } }).next_page?.href;
    }
    expect([sizes, emails.size]).toEqual([[1_000, 1_000, 500], 2_500]);
  });

  it('requires a signature token that has not expired, not a key of the REST API', async () => {
    const { call, time } = await seeded();
    const authorization = bearer(await call('POST', '/batch/acme/signature_tokens', request()));
    const members = async (as: string | null) =>
      (await call('GET', '/batch/acme/members', undefined, as)).status;
    const forged = `Bearer ${Buffer.from('a:b:c').toString('base64')}`;
    expect(await members(authorization)).toBe(200);
    expect([await members(MAIN), await members(forged), await members(null)]).toEqual([401, 401, 401]);
    time.now = 3_600_000;
    expect(await members(authorization)).toBe(401);
  });

  it('rejects a revoked token, and revokes a token only once', async () => {
    const { call } = await seeded();
    const minted = await call('POST', '/batch/acme/signature_tokens', request());
    const path = `/batch/acme/signature_tokens/${String(minted.body['token'])}`;
    expect((await call('DELETE', path, undefined, bearer(minted))).status).toBe(401);
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await call('GET', '/batch/acme/members', undefined, bearer(minted))).status).toBe(401);
    expect((await call('DELETE', path)).status).toBe(404);
  });

  it.each([
    [{ name: 'abc' }, 400],
    [{ expires_at: '1970-01-01T00:00Z' }, 400],
    [{ expires_at: 'tomorrow' }, 400],
    [{ auth_scope: { authentication_for: 'batch-api', authorization_type: 'write' } }, 400],
  ])('creates no token for %j', async (change, status) => {
    const { call } = await seeded();
    expect((await call('POST', '/batch/acme/signature_tokens', request(change))).status).toBe(status);
  });

  it('returns 403 when it is not part of the plan, and for a member without the privilege', async () => {
    const { call, control } = await seeded({ quirks: { member_key: 'plain' } });
    const mint = async (as: string | null) =>
      (await call('POST', '/batch/acme/signature_tokens', request(), as)).status;
    expect([await mint(MAIN), await mint(INVITER), await mint(null)]).toEqual([200, 403, 401]);
    control.set({ quirks: { discovery: 'refused' } });
    expect(await mint(MAIN)).toBe(403);
  });

  it('returns the secret even when the quirk `writes` says empty', async () => {
    const { call } = await seeded({ quirks: { writes: 'empty' } });
    const minted = await call('POST', '/batch/acme/signature_tokens', request());
    expect((await call('GET', '/batch/acme/members', undefined, bearer(minted))).status).toBe(200);
  });
});

describe('8.1 collections', () => {
  it('are listed without private ones by default, with filter=all completely for a workspace key, in pages', async () => {
    const { call, list, control } = await seeded();
    const names = async (query: string, key = MAIN) =>
      (await list(`${SPACES}${query}`, 'spaces', key)).map((row) => row['name']);
    expect(await names('')).toEqual(['Sales']);
    expect(await names('?filter=all')).toEqual(['Sales', 'Secret']);
    expect(await names('?filter=all', INVITER)).toEqual(['Sales']);
    expect(await names('?filter=custom')).toEqual(['Sales']);
    expect(await names('?filter=ALL')).toEqual(['Sales']);
    control.seed({ members: 1, spaces: 65 });
    const last = (await call('GET', `${SPACES}?filter=all&page=3&per_page=100`)).body;
    expect(last['pagination']).toEqual({
      ...{ page: 3, per_page: 30, count: 5, total_pages: 3, total_count: 65 },
    });
  });

  it('are created, changed and deleted under either path, with links to the newer one', async () => {
    const { call, control } = await seeded();
    const made = await call('POST', SPACES, { space: { name: 'New', space_type: 'community' } });
    const { self } = made.body['_links'] as { self: { href: string } };
    expect(made.body).toMatchObject({
      name: 'New',
      space_type: 'community',
      default_access_level: 'restricted',
    });
    expect(self.href).toBe(`/api/acme/collections/${String(made.body['token'])}`);
    const changed = await call('PATCH', self.href, { space: { default_access_level: 'restricted' } });
    expect(changed.body).toMatchObject({ name: 'New', default_access_level: 'restricted' });
    expect((await call('POST', self.href, { space: { name: 'x' } })).status).toBe(404);
    expect((await call('POST', SPACES, { space: { name: 'x', default_access_level: 'all' } })).status).toBe(
      400,
    );
    await call('DELETE', self.href.replace('collections', 'spaces'));
    expect((await call('GET', self.href)).status).toBe(404);
    control.set({ quirks: { deleted_space: 403 } });
    expect((await call('GET', self.href)).status).toBe(403);
  });
});

describe('8.2 and 8.3 permissions', () => {
  const OF_SALES = `${SPACES}/${SALES.token}/permissions`;
  const OF_WAREHOUSE = `${SOURCES}/${WAREHOUSE.token}/permissions`;

  it('of a collection and of a data source are seeded and listed', async () => {
    const { list, call } = await seeded();
    expect(await list(OF_SALES, 'space_entitlements')).toMatchObject([
      { action: 'view', accessor_type: 'UserGroup', accessor_token: GROUP.token },
    ]);
    expect(await list(OF_WAREHOUSE, 'data_source_entitlements')).toEqual([]);
    expect((await call('GET', `/api/acme/groups/${GROUP.token}`)).body['spaces_count']).toBe(1);
    expect((await call('GET', `${SPACES}/${SECRET.token}/permissions`)).body['message']).toBe(
      'Invalid space',
    );
    expect((await call('GET', `${SOURCES}/none/permissions`)).body['message']).toBe('data source not found');
  });

  it.each([
    [OF_WAREHOUSE, 'manage'],
    [OF_SALES, 'edit'],
  ])('%s are created, changed and deleted', async (path, action) => {
    const { call } = await seeded();
    const permission = { action: 'view', accessor_type: 'Account', accessor_token: JANE.member_token };
    const given = await call('POST', path, { permission });
    expect(given).toMatchObject({ status: 200, body: permission });
    const one = `${path}/${String(given.body['token'])}`;
    expect((await call('POST', path, { permission })).status).toBe(422);
    expect((await call('PATCH', one, { permission: { action } })).body['action']).toBe(action);
    expect((await call('PATCH', one, { permission: { action: 'own' } })).status).toBe(400);
    expect((await call('GET', one)).body['action']).toBe(action);
    expect((await call('DELETE', one)).status).toBe(200);
    expect((await call('GET', one)).status).toBe(404);
  });

  it('return 404 for an unknown holder, and are refused for a member without the privilege', async () => {
    const { call, control } = await seeded();
    const permission = { action: 'view', accessor_type: 'UserGroup', accessor_token: JANE.member_token };
    expect((await call('POST', OF_SALES, { permission })).status).toBe(404);
    control.set({ quirks: { member_key: 'plain' } });
    expect((await call('GET', OF_SALES, undefined, INVITER)).status).toBe(403);
  });

  it('of a deleted group are not listed', async () => {
    const { call, list } = await seeded();
    await call('DELETE', `/api/acme/groups/${GROUP.token}`);
    expect(await list(OF_SALES, 'space_entitlements')).toEqual([]);
  });

  it('GET of one permission of a data source may fail with 500 while the list has it', async () => {
    const { call, list } = await seeded({ quirks: { permission_get: 500 } });
    const permission = { action: 'query', accessor_type: 'UserGroup', accessor_token: GROUP.token };
    const { body } = await call('POST', OF_WAREHOUSE, { permission });
    expect((await call('GET', `${OF_WAREHOUSE}/${String(body['token'])}`)).status).toBe(500);
    expect(await list(OF_WAREHOUSE, 'data_source_entitlements')).toHaveLength(1);
  });

  it('the list of data sources has no pages', async () => {
    const { list, control } = await seeded();
    control.seed({ members: 1, data_sources: 45 });
    expect(await list(`${SOURCES}?page=2&per_page=1`, 'data_sources')).toHaveLength(45);
  });
});
