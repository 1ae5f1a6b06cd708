/** Each quirk, with its default value and its other values. */
import { describe, expect, it } from 'vitest';
import type { SettingsPatch } from '../../src/sandbox/mode/behaviour/settings.ts';
import { ADMIN, basic, GROUP, INVITER, JANE, MAIN, simulate } from './simulated.ts';

const MEMBERSHIPS = '/api/acme/memberships';
const LITE = `${MEMBERSHIPS}/lite`;
const GROUPS = '/api/acme/groups';
const TEAM = `${GROUPS}/${GROUP.token}`;
const TEAM_MEMBERS = `${TEAM}/memberships`;

async function seeded(quirks: SettingsPatch['quirks'] = {}, settings: SettingsPatch = {}) {
  const mode = await simulate({ auto_accept_seconds: -1, ...settings, quirks });
  mode.control.putState({ members: [ADMIN, JANE], groups: [GROUP] });
  return mode;
}

describe('12.1 two kinds of keys', () => {
  it.each([
    ['member', 400, 200],
    ['any', 200, 200],
    ['none', 400, 400],
  ] as const)('invites for %s keys: workspace %s, member %s', async (invite_keys, workspace, member) => {
    const { invite } = await seeded({ invite_keys });
    expect((await invite('a@x.test', MAIN)).status).toBe(workspace);
    expect((await invite('b@x.test', INVITER)).status).toBe(member);
  });

  it.each([400, 401, 403, 404] as const)('the wrong kind of key is refused with %s', async (status) => {
    const { invite } = await seeded({ invite_refusal: status });
    expect((await invite('a@x.test', MAIN)).status).toBe(status);
  });

  // Section 11, row by row. Statuses for: workspace key, key of an admin, key of a plain member, wrong key, no key.
  it.each([
    [1, '/api/verify', [200, 200, 200, 401, 401]],
    [2, '/api/acme', [200, 200, 200, 200, 200]],
    [3, '/api/account', [400, 400, 400, 401, 401]],
    [4, '/api/jane', [200, 200, 200, 401, 401]],
    [5, MEMBERSHIPS, [200, 404, 404, 401, 401]],
    [6, LITE, [200, 200, 200, 401, 401]],
    [7, `${MEMBERSHIPS}/${JANE.membership_token}`, [200, 404, 404, 401, 401]],
    [10, GROUPS, [200, 200, 403, 401, 401]],
    [11, TEAM, [200, 200, 403, 401, 401]],
    [12, TEAM_MEMBERS, [200, 200, 403, 401, 401]],
    [13, `${TEAM_MEMBERS}/none`, [404, 404, 403, 401, 401]],
    [14, '/api/acme/spaces/0000000000e1/permissions', [200, 200, 403, 401, 401]],
    [15, '/api/acme/data_sources/0000000000f1/permissions', [200, 200, 403, 401, 401]],
    [16, '/api/acme/audit_logs?start_timestamp=1970&end_timestamp=1971', [200, 401, 401, 401, 401]],
    [17, '/batch/acme/members', [401, 401, 401, 401, 401]],
  ])('row %s of section 11: GET %s', async (_row, path, statuses) => {
    const { call, control } = await seeded();
    control.putState({
      members: [ADMIN, JANE],
      groups: [GROUP],
      spaces: [{ name: 'Sales', token: '0000000000e1' }],
      data_sources: [{ name: 'Warehouse', token: '0000000000f1' }],
    });
    const status = async (key: string | null) => (await call('GET', path, undefined, key)).status;
    const asAdmin = [await status(MAIN), await status(INVITER)];
    control.set({ quirks: { member_key: 'plain' } });
    expect([...asAdmin, await status(INVITER), await status(basic('no')), await status(null)]).toEqual(
      statuses,
    );
  });

  it('a member key without the privilege cannot read groups or permissions', async () => {
    const { call } = await seeded({ member_key: 'plain' });
    expect((await call('GET', GROUPS, undefined, INVITER)).status).toBe(403);
    expect((await call('GET', GROUPS)).status).toBe(200);
    expect((await call('GET', '/api/acme', undefined, INVITER)).text).not.toContain('/groups');
    expect((await call('GET', '/api/acme/spaces', undefined, INVITER)).status).toBe(200);
  });

  it('a revoked key gets 401 everywhere, so that /api/verify distinguishes it from a missing privilege', async () => {
    const { call, control } = await seeded();
    expect((await call('GET', '/api/verify')).body['api_key_scope']).toBe('workspace');
    control.set({ revoked_keys: ['main'] });
    for (const path of ['/api/verify', GROUPS, LITE]) expect((await call('GET', path)).status).toBe(401);
    expect((await call('GET', '/api/verify', undefined, INVITER)).body['api_key_scope']).toBe('member');
  });
});

describe('12.2 which list of members a key may read', () => {
  it.each([
    ['workspace', 200, 404],
    ['any', 200, 200],
    ['none', 404, 404],
  ] as const)('memberships for %s', async (memberships, workspace, member) => {
    const { call } = await seeded({ memberships });
    expect((await call('GET', MEMBERSHIPS)).status).toBe(workspace);
    expect((await call('GET', MEMBERSHIPS, undefined, INVITER)).status).toBe(member);
    const links = (await call('GET', '/api/acme', undefined, INVITER)).body['_links'];
    expect(Object.keys(links as object).includes('memberships')).toBe(member === 200);
  });

  it.each([
    ['any', 200, 200],
    ['member', 404, 200],
    ['workspace', 200, 404],
    ['none', 404, 404],
  ] as const)('lite for %s', async (lite, workspace, member) => {
    const { call } = await seeded({ lite });
    expect((await call('GET', LITE)).status).toBe(workspace);
    expect((await call('GET', LITE, undefined, INVITER)).status).toBe(member);
    const links = (await call('GET', '/api/acme')).body['_links'];
    expect(Object.keys(links as object).includes('memberships_lite')).toBe(workspace === 200);
  });

  it('/memberships/lite ignores the page and returns the whole list', async () => {
    const { list } = await seeded();
    expect(await list(`${LITE}?page=7&per_page=1`, 'memberships')).toHaveLength(2);
  });

  it.each([
    ['present', ['active', 'active', 'pending']],
    ['active', ['active', 'active']],
    ['all', ['active', 'active', 'banned', 'pending']],
  ] as const)('/memberships/lite lists members: %s', async (lite_lists, states) => {
    const { list, control } = await seeded({ lite_lists });
    const more = [
      { email: 'p@x.test', state: 'pending' as const },
      { email: 'b@x.test', state: 'banned' as const },
    ];
    control.putState({ members: [ADMIN, JANE, ...more] });
    const rows = await list(LITE, 'memberships');
    expect(rows.map((row) => row['state']).sort()).toEqual(states);
  });

  it('the workspace may have no links to its lists', async () => {
    const { call } = await seeded({ root_links: 'self' });
    const links = (await call('GET', '/api/acme')).body['_links'];
    expect(Object.keys(links as object)).toEqual(['self', 'new_invite_web']);
  });
});

describe('12.3 rows of memberships', () => {
  it.each([
    ['bare', {}, {}],
    ['invited', {}, { invited: true }],
    [
      'documented',
      { invited: false, managed_by_scim: false, limited: false },
      { invited: true, managed_by_scim: false, limited: false },
    ],
  ] as const)('%s', async (membership_fields, ofMember, ofPending) => {
    const { list, invite } = await seeded({ membership_fields });
    await invite('new@x.test');
    const sure = ['admin', 'state', 'activated_at', 'member_username', 'member_token', '_links'];
    const rows = (await list(MEMBERSHIPS, 'memberships')).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => !sure.includes(key))),
    );
    expect(rows).toEqual([ofMember, ofMember, ofPending]);
  });
});

describe('12.4 the address in a user record', () => {
  it.each([
    ['shown', JANE.email, ADMIN.email],
    ['own', undefined, ADMIN.email],
    ['hidden', undefined, undefined],
  ] as const)('%s', async (user_email, others, own) => {
    const { call, list } = await seeded({ user_email });
    const [admin] = await list(LITE, 'memberships');
    expect((await call('GET', '/api/jane', undefined, INVITER)).body['email']).toBe(others);
    const record = await call('GET', `/api/${String(admin?.['username'])}`, undefined, INVITER);
    expect(record.body['email']).toBe(own);
  });
});

describe('12.5 types', () => {
  it('ids are text or numbers', async () => {
    for (const [ids, type] of [
      ['string', 'string'],
      ['number', 'number'],
    ] as const) {
      const { call, invite } = await seeded({ ids });
      expect(typeof (await call('GET', '/api/jane')).body['id']).toBe(type);
      expect(typeof (await call('GET', '/api/acme')).body['id']).toBe(type);
      expect(typeof (await invite('new@x.test')).body['invitee_id']).toBe(type);
    }
  });

  it('counts and flags are numbers and booleans, or text', async () => {
    const { call, control } = await seeded();
    expect((await call('GET', TEAM)).body).toMatchObject({ member_count: 1, managed: false });
    control.set({ quirks: { counts: 'string', flags: 'string' } });
    expect((await call('GET', TEAM)).body).toMatchObject({ member_count: '1', managed: 'false' });
    expect((await call('GET', '/api/acme')).body['scim_enabled']).toBe('false');
  });

  it.each(['pending', 'invited', 'requested'] as const)(
    'a member with an open invite has the state %s and no activation time',
    async (pending_state) => {
      const { list, invite } = await seeded({ pending_state });
      await invite('new@x.test');
      const [, , row] = await list(MEMBERSHIPS, 'memberships');
      expect(row).toMatchObject({ state: pending_state, activated_at: null });
    },
  );
});

describe('12.6 pages of groups', () => {
  it.each([
    ['lying', '/api/1/groups.acme?page=3'],
    ['right', undefined],
    ['absent', undefined],
  ] as const)('the next_page link of the last page: %s', async (next_page, href) => {
    const { call, control } = await seeded({ next_page });
    control.seed({ members: 1, groups: 30 });
    const last = (await call('GET', `${GROUPS}?page=2`)).body['_links'] as Record<string, { href: string }>;
    expect(last['next_page']?.href).toBe(href);
    const first = (await call('GET', GROUPS)).body['_links'] as Record<string, { href: string }>;
    if (next_page !== 'right') return;
    const next = await call('GET', first['next_page']?.href ?? '');
    expect(next.body['pagination']).toMatchObject({ page: 2, count: 11 });
  });

  it('the page size changes, and the pagination object may be absent', async () => {
    const { call, control } = await seeded({ page_size: 7, pagination: 'absent' });
    control.seed({ members: 1, groups: 40 });
    const { body } = await call('GET', GROUPS);
    expect(body).not.toHaveProperty('pagination');
    expect((body['_embedded'] as { groups: unknown[] }).groups).toHaveLength(7);
    const largest = (await call('GET', `${GROUPS}?per_page=100`)).body;
    expect((largest['_embedded'] as { groups: unknown[] }).groups).toHaveLength(30);
  });
});

describe('12.7 responses to writes', () => {
  it.each([
    ['ok', [200, true], [200, true], [200, true]],
    ['created', [201, true], [204, false], [204, false]],
    ['empty', [201, false], [204, false], [204, false]],
  ] as const)('%s', async (writes, post, patch, remove) => {
    const { call, state } = await seeded({ writes });
    const answered = async (method: string, path: string, body?: object) => {
      const { status, text } = await call(method, path, body);
      return [status, text !== ''];
    };
    expect(await answered('POST', GROUPS, { user_group: { name: 'New' } })).toEqual(post);
    expect(await answered('PATCH', TEAM, { user_group: { name: 'Crew' } })).toEqual(patch);
    expect((await state())['groups']).toMatchObject([{ name: 'Crew' }, { name: 'New' }]);
    expect(await answered('DELETE', TEAM)).toEqual(remove);
    expect((await state())['groups']).toMatchObject([{ name: 'New' }]);
  });
});

describe('12.8 error formats', () => {
  it('as observed: param_missing, and validation messages by field', async () => {
    const { call } = await seeded();
    expect((await call('POST', GROUPS, {})).body['id']).toBe('param_missing');
    const invalid = await call('POST', GROUPS, { user_group: { name: ' ' } });
    expect([invalid.status, invalid.body['message']]).toEqual([422, { name: ["can't be blank"] }]);
  });

  it('as documented: only documented ids, and always text in the message', async () => {
    const { call } = await seeded({ errors: 'documented' });
    expect((await call('POST', GROUPS, {})).body['id']).toBe('param_missing');
    const invalid = await call('POST', GROUPS, { user_group: { name: ' ' } });
    expect([invalid.status, invalid.body]).toEqual([
      400,
      { id: 'bad_request', message: "name can't be blank" },
    ]);
  });

  it('a 404 may have no body', async () => {
    const { call } = await seeded({ not_found: 'empty' });
    for (const path of [`${GROUPS}/none`, '/api/nobody', '/api/acme/nothing/here']) {
      expect(await call('GET', path)).toMatchObject({ status: 404, text: '' });
    }
  });

  it.each([true, false])('every third call fails with HTML; applied: %s', async (applied) => {
    const { call, state } = await seeded({ edge_failure_every: 3, edge_failure_applied: applied });
    const statuses = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const { status, text } = await call('POST', GROUPS, { user_group: { name } });
      statuses.push(status);
      expect(text.startsWith('<html>')).toBe(status !== 200);
    }
    expect(statuses).toEqual([200, 200, 503, 200, 200, 502]);
    expect((await state())['groups']).toHaveLength(applied ? 7 : 5);
  });
});

describe('12.9 deletion of groups', () => {
  it('a deleted group stays active for a while, then is soft-deleted', async () => {
    const { call, list, time } = await seeded({ group_delete_seconds: 5 });
    expect((await call('DELETE', TEAM)).status).toBe(200);
    time.now += 4_999;
    expect((await call('GET', TEAM)).body['state']).toBe('active');
    expect(await list(GROUPS, 'groups')).toHaveLength(2);
    expect((await call('DELETE', TEAM)).status).toBe(200);
    time.now += 1;
    expect((await call('GET', TEAM)).body['state']).toBe('soft_deleted');
    expect(await list(GROUPS, 'groups')).toHaveLength(1);
    expect((await call('GET', TEAM_MEMBERS)).status).toBe(404);
  });

  it('a deleted group may return 404, or be listed with its state', async () => {
    const { call, list, control } = await seeded({ deleted_groups_listed: true });
    await call('DELETE', TEAM);
    expect(await list(GROUPS, 'groups')).toMatchObject([{ state: 'active' }, { state: 'soft_deleted' }]);
    control.set({ quirks: { deleted_group: 'not_found' } });
    expect((await call('GET', TEAM)).status).toBe(404);
  });

  it.each([true, false])(
    'deleting a group that has the name of a deleted group; tombstone_trap: %s',
    async (tombstone_trap) => {
      const { call, control } = await seeded({ tombstone_trap });
      control.putState({
        members: [ADMIN],
        groups: [
          { name: 'Old', state: 'soft_deleted' },
          { name: 'Old', token: '0000000000cc' },
        ],
      });
      expect((await call('DELETE', `${GROUPS}/0000000000cc`)).status).toBe(200);
      const { body } = await call('GET', `${GROUPS}/0000000000cc`);
      expect(body['state']).toBe(tombstone_trap ? 'active' : 'soft_deleted');
    },
  );

  it.each([
    ['unique', 422],
    ['repeated', 200],
  ] as const)('13.14 names are %s', async (group_names, status) => {
    const { call } = await seeded({ group_names });
    expect((await call('POST', GROUPS, { user_group: { name: 'Team' } })).status).toBe(status);
  });
});

describe('12.10 reads that lag', () => {
  it('a removed group member is listed for a while, and cannot be removed again', async () => {
    const { call, list, state, time } = await seeded({ group_member_stale_seconds: 3 });
    const [row] = await list(TEAM_MEMBERS, 'group_memberships');
    const one = `${TEAM_MEMBERS}/${String(row?.['token'])}`;
    expect((await call('DELETE', one)).status).toBe(200);
    expect((await state())['groups']).toMatchObject([{ members: [] }]);
    expect(await list(TEAM_MEMBERS, 'group_memberships')).toHaveLength(1);
    expect((await call('GET', one)).status).toBe(200);
    expect((await call('DELETE', one)).status).toBe(404);
    time.now += 3_000;
    expect(await list(TEAM_MEMBERS, 'group_memberships')).toEqual([]);
    expect((await call('GET', one)).status).toBe(404);
    expect((await call('GET', TEAM)).body['member_count']).toBe(0);
  });

  it('13.19 a new group member is not listed at once', async () => {
    const { list, addToGroup, control, time } = await seeded({ group_member_late_seconds: 3 });
    control.putState({ members: [ADMIN, JANE], groups: [{ ...GROUP, members: [] }] });
    expect((await addToGroup(GROUP.token, JANE.member_token)).status).toBe(200);
    expect(await list(TEAM_MEMBERS, 'group_memberships')).toEqual([]);
    time.now += 3_000;
    expect(await list(TEAM_MEMBERS, 'group_memberships')).toHaveLength(1);
  });
});

describe('12.11 adding a member who is already in the group', () => {
  it('returns the existing membership', async () => {
    const { list, addToGroup } = await seeded();
    const [before] = await list(TEAM_MEMBERS, 'group_memberships');
    expect((await addToGroup(GROUP.token, JANE.member_token)).body['token']).toBe(before?.['token']);
    expect(await list(TEAM_MEMBERS, 'group_memberships')).toHaveLength(1);
  });

  it('creates a second membership: the person leaves the group when both are removed', async () => {
    const { call, list, addToGroup, state } = await seeded({ duplicate_group_member: 'second' });
    expect((await addToGroup(GROUP.token, JANE.member_token)).status).toBe(200);
    const rows = await list(TEAM_MEMBERS, 'group_memberships');
    expect(new Set(rows.map((row) => row['token'])).size).toBe(2);
    await call('DELETE', `${TEAM_MEMBERS}/${String(rows[0]?.['token'])}`);
    expect((await state())['groups']).toMatchObject([{ members: [JANE.email] }]);
    await call('DELETE', `${TEAM_MEMBERS}/${String(rows[1]?.['token'])}`);
    expect((await state())['groups']).toMatchObject([{ members: [] }]);
  });

  it.each([400, 422] as const)('is refused with %s', async (status) => {
    const { list, addToGroup } = await seeded({ duplicate_group_member: status });
    expect((await addToGroup(GROUP.token, JANE.member_token)).status).toBe(status);
    expect(await list(TEAM_MEMBERS, 'group_memberships')).toHaveLength(1);
  });

  it.each([
    ['allowed', 200, 1],
    [404, 404, 0],
    [422, 422, 0],
  ] as const)('13.17 a pending person: %s', async (pending_group_member, status, listed) => {
    const { list, addToGroup, control } = await seeded({ pending_group_member });
    const pending = { email: 'p@x.test', member_token: '0000000000dd', state: 'pending' as const };
    control.putState({ members: [ADMIN, pending], groups: [{ ...GROUP, members: [] }] });
    expect((await addToGroup(GROUP.token, '0000000000dd')).status).toBe(status);
    expect(await list(TEAM_MEMBERS, 'group_memberships')).toHaveLength(listed);
  });
});

describe('12.12 invites', () => {
  it.each([
    ['noop', 200],
    [400, 400],
    [422, 422],
  ] as const)('of an active member: %s', async (invite_active, status) => {
    const { invite, state } = await seeded({ invite_active });
    const before = await state();
    expect((await invite(JANE.email)).status).toBe(status);
    expect(await state()).toEqual(before);
  });

  it.each([
    ['resend', 200, 2],
    [400, 400, 1],
    [422, 422, 1],
  ] as const)('of a person with an open invite: %s', async (invite_pending, status, count) => {
    const { invite, state } = await seeded({ invite_pending });
    await invite('new@x.test');
    expect((await invite('New@x.test')).status).toBe(status);
    expect((await state())['invites']).toMatchObject([{ state: 'pending', count }]);
  });

  it.each([
    ['same', 200, 'pending'],
    ['new', 200, 'pending'],
    [400, 400, 'banned'],
    [422, 422, 'banned'],
  ] as const)('of a former member: %s', async (invite_former, status, memberState) => {
    const { invite, control } = await seeded({ invite_former });
    control.uiEdit({ action: 'remove', email: JANE.email });
    expect((await invite(JANE.email)).status).toBe(status);
    const [, jane] = control.state(true).members;
    expect(jane).toMatchObject({ state: memberState, member_token: JANE.member_token });
    expect(jane?.membership_token === JANE.membership_token).toBe(invite_former !== 'new');
  });

  it.each(['final', 'placeholder'] as const)(
    'the username until the invite is accepted: %s',
    async (invitee_username) => {
      const { invite, call, list, control } = await seeded({ invitee_username });
      const { body } = await invite('new@x.test');
      const { invitee } = body['_links'] as { invitee: { href: string } };
      const before = (await call('GET', invitee.href)).body;
      control.acceptInvites();
      const after = (await list(LITE, 'memberships')).find((row) => row['email'] === 'new@x.test');
      expect(after).toMatchObject({ state: 'active', member_token: before['token'] });
      expect(after?.['username'] === before['username']).toBe(invitee_username === 'final');
      expect((await call('GET', invitee.href)).status).toBe(invitee_username === 'final' ? 200 : 404);
    },
  );

  it.each(['pending', 'vanish'] as const)(
    'expire, and the membership becomes: %s',
    async (expired_invite) => {
      const mode = await seeded({ invite_expires_seconds: 60, expired_invite });
      const { body } = await mode.invite('new@x.test');
      expect(body['expires_at']).toBe(new Date(mode.time.now + 60_000).toISOString());
      mode.time.now += 60_000;
      expect(mode.control.acceptInvites()).toEqual([]);
      const listed = (await mode.list(MEMBERSHIPS, 'memberships')).length;
      expect(listed).toBe(expired_invite === 'pending' ? 3 : 2);
      expect((await mode.invite('new@x.test')).status).toBe(200);
      expect(mode.control.acceptInvites()).toEqual(['new@x.test']);
    },
  );

  it('that never expire have no expires_at', async () => {
    const { invite } = await seeded({ invite_expires_seconds: null });
    expect((await invite('new@x.test')).body).not.toHaveProperty('expires_at');
  });
});

describe('12.13 removal of members', () => {
  it.each([
    ['ban', 'banned'],
    ['vanish', undefined],
  ] as const)('what is left: %s', async (membership_delete, left) => {
    const { call, list } = await seeded({ membership_delete });
    await call('DELETE', `${MEMBERSHIPS}/${JANE.membership_token}`);
    const rows = await list(`${MEMBERSHIPS}?filter=all`, 'memberships');
    const jane = rows.find((row) => row['member_token'] === JANE.member_token);
    expect(jane?.['state']).toBe(left);
    expect(jane?._links?.['web_self_unban'] !== undefined).toBe(left === 'banned');
    expect((await call('GET', '/api/jane')).status).toBe(left === undefined ? 404 : 200);
  });

  it.each([
    ['present', 1],
    ['all', 2],
  ] as const)('former members in the list: %s', async (memberships_list, count) => {
    const { call, list } = await seeded({ memberships_list });
    await call('DELETE', `${MEMBERSHIPS}/${JANE.membership_token}`);
    expect(await list(MEMBERSHIPS, 'memberships')).toHaveLength(count);
  });

  it.each([
    ['dropped', 0],
    ['kept', 1],
  ] as const)('13.7 their groups: %s', async (removed_member_groups, count) => {
    const { call, list } = await seeded({ removed_member_groups });
    await call('DELETE', `${MEMBERSHIPS}/${JANE.membership_token}`);
    expect(await list(TEAM_MEMBERS, 'group_memberships')).toHaveLength(count);
  });
});

describe('12.15 the audit log', () => {
  const WINDOW = 'start_timestamp=1970-01-01T00:00:00Z&end_timestamp=1970-01-02T00:00:00Z';
  const LOG = `/api/acme/audit_logs?${WINDOW}`;
  const hal = { accept: 'application/hal+json' };

  it('returns 406 for an Accept header with HAL, even without a key', async () => {
    const { call, control } = await seeded();
    expect((await call('GET', LOG, undefined, null, hal)).status).toBe(406);
    expect((await call('GET', LOG, undefined, MAIN, { accept: 'application/json' })).status).toBe(200);
    control.set({ quirks: { audit_accept: 'any' } });
    expect((await call('GET', LOG, undefined, MAIN, hal)).status).toBe(200);
  });

  it('a member key gets 401 without a body', async () => {
    const { call } = await seeded();
    expect(await call('GET', LOG, undefined, INVITER)).toMatchObject({ status: 401, text: '' });
    expect(await call('GET', LOG, undefined, null)).toMatchObject({ status: 401, text: '' });
  });

  it.each(['top', 'embedded'] as const)('the place of the list: %s', async (audit_envelope) => {
    const { call } = await seeded({ audit_envelope });
    const { body } = await call('GET', LOG);
    expect(Object.keys(body)).toEqual([audit_envelope === 'top' ? 'audit_logs' : '_embedded']);
  });
});

describe('12.16 unknown filters', () => {
  it.each([
    ['unfiltered', 200],
    ['refused', 400],
  ] as const)('%s', async (unknown_filter, status) => {
    const { call } = await seeded({ unknown_filter });
    for (const path of [MEMBERSHIPS, TEAM_MEMBERS, '/api/acme/spaces']) {
      expect((await call('GET', `${path}?filter=ALL`)).status).toBe(status);
    }
  });

  it('known filters: admins, all, by_user_id, preview', async () => {
    const { list, control, call } = await seeded();
    control.seed({ members: 9, groups: 1, memberships: 9 });
    expect(await list(`${MEMBERSHIPS}?filter=admins`, 'memberships')).toHaveLength(1);
    expect(await list(`${MEMBERSHIPS}?filter=all`, 'memberships')).toHaveLength(9);
    const members = `${GROUPS}/${control.state().groups?.[0]?.token ?? ''}/memberships`;
    expect(await list(`${members}?filter=preview`, 'group_memberships')).toHaveLength(5);
    const [row] = await list(members, 'group_memberships');
    const { id } = (await call('GET', row?._links?.['member']?.href ?? '')).body;
    const found = await list(`${members}?filter=by_user_id&user_id=${String(id)}`, 'group_memberships');
    expect(found).toEqual([row]);
  });
});

describe('12.17 reading the workspace without a key', () => {
  it.each([
    [true, 200],
    [false, 401],
  ])('%s', async (anonymous_root, status) => {
    const { call } = await seeded({ anonymous_root });
    expect((await call('GET', '/api/acme', undefined, null)).status).toBe(status);
    expect((await call('GET', '/api/acme')).status).toBe(200);
  });
});

describe("12.18 writes to what Mode's own SCIM manages", () => {
  it.each([403, 422] as const)('are refused with %s and change nothing', async (managed_refusal) => {
    const { call, control, addToGroup } = await seeded({ managed_refusal, membership_fields: 'documented' });
    control.putState({
      members: [ADMIN, { ...JANE, managed_by_scim: true }],
      groups: [{ ...GROUP, managed: true }],
    });
    const before = control.state(true);
    const member = `${MEMBERSHIPS}/${JANE.membership_token}`;
    expect((await call('GET', member)).body['managed_by_scim']).toBe(true);
    expect((await call('GET', TEAM)).body['managed']).toBe(true);
    const writes = [
      await call('DELETE', member),
      await call('PATCH', member, { membership: { admin: true } }),
      await call('PATCH', TEAM, { user_group: { name: 'Other' } }),
      await call('DELETE', TEAM),
      await addToGroup(GROUP.token, JANE.member_token),
    ];
    expect(writes.map(({ status }) => status)).toEqual(Array(5).fill(managed_refusal));
    expect(control.state(true)).toEqual(before);
  });

  it('the workspace shows scim_enabled, with a link to the token', async () => {
    const { call } = await seeded({}, { scim_enabled: true });
    const { body } = await call('GET', '/api/acme');
    expect(body).toMatchObject({ scim_enabled: true, _links: { scim_token: {} } });
    expect((await call('GET', '/api/acme', undefined, INVITER)).body).not.toHaveProperty('scim_enabled');
  });
});

describe('12.19 the built-in group', () => {
  it.each(['everyone', 'default', 'system'] as const)('has the type %s', async (everyone_type) => {
    const { call, list, addToGroup } = await seeded({ everyone_type });
    const [everyone] = await list(GROUPS, 'groups');
    expect(everyone).toMatchObject({ group_type: everyone_type, member_count: 2 });
    const token = String(everyone?.['token']);
    const path = `${GROUPS}/${token}`;
    const [first] = await list(`${path}/memberships`, 'group_memberships');
    const refused = [
      await call('PATCH', path, { user_group: { name: 'All' } }),
      await call('DELETE', path),
      await addToGroup(token, JANE.member_token),
      await call('DELETE', `${path}/memberships/${String(first?.['token'])}`),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    const links = (await call('GET', '/api/acme')).body['_links'] as Record<string, unknown>;
    expect(links['everyone_group']).toEqual({ href: path });
  });

  it('may be absent', async () => {
    const { call, list, control } = await seeded();
    const [everyone] = await list(GROUPS, 'groups');
    control.set({ quirks: { everyone_group: false } });
    expect(await list(GROUPS, 'groups')).toMatchObject([{ name: 'Team' }]);
    expect((await call('GET', `${GROUPS}/${String(everyone?.['token'])}`)).status).toBe(404);
  });
});

describe('4.6 PATCH of a membership', () => {
  it.each([
    ['admin', 200, true],
    ['ignored', 200, false],
    ['refused', 404, false],
  ] as const)('%s', async (membership_patch, status, admin) => {
    const { call, control } = await seeded({ membership_patch });
    const path = `${MEMBERSHIPS}/${JANE.membership_token}`;
    expect((await call('PATCH', path, { membership: { admin: true } })).status).toBe(status);
    expect(control.state().members[1]).toMatchObject({ email: JANE.email, admin });
  });
});
