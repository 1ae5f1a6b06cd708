import { describe, expect, it } from 'vitest';
import type { UiEdit } from '../../src/sandbox/mode/world/ui-edit.ts';
import { ADMIN, GROUP, JANE, simulate } from './simulated.ts';

const OTHER = { name: 'Crew', token: '0000000000cc' };

async function seeded() {
  const mode = await simulate({ auto_accept_seconds: -1 });
  mode.control.putState({ members: [ADMIN, JANE], groups: [GROUP, OTHER] });
  return mode;
}

const EDIT = '/_sandbox/ui-edit';

describe("edits in Mode's UI", () => {
  it.each<[UiEdit, object]>([
    [{ action: 'promote', email: JANE.email }, { members: [{}, { admin: true }] }],
    [
      { action: 'remove', email: JANE.email },
      { members: [{ email: ADMIN.email }], groups: [{}, { members: [] }] },
    ],
    [{ action: 'ban', email: JANE.email }, { members: [{ email: ADMIN.email }] }],
    [{ action: 'invite', email: 'new@x.test' }, { invites: [{ email: 'new@x.test', state: 'pending' }] }],
    [
      { action: 'join', email: 'saml@x.test', name: 'Sam L' },
      { members: [{}, {}, { email: 'saml@x.test', name: 'Sam L', state: 'active' }], invites: [] },
    ],
    [
      { action: 'change_email', email: JANE.email, to: 'j@y.test' },
      { members: [{}, { email: 'j@y.test', member_token: JANE.member_token }] },
    ],
    [{ action: 'rename_person', email: JANE.email, name: 'J' }, { members: [{}, { name: 'J' }] }],
    [{ action: 'create_group', name: 'A' }, { groups: [{ name: 'A' }, {}, {}] }],
    [{ action: 'rename_group', group: 'Team', name: 'A' }, { groups: [{ name: 'A' }, { name: 'Crew' }] }],
    [{ action: 'delete_group', group: 'Team' }, { groups: [{ name: 'Crew' }] }],
    [
      { action: 'add_to_group', group: OTHER.token, email: JANE.email },
      { groups: [{ name: 'Crew', members: [JANE.email] }, {}] },
    ],
    [{ action: 'remove_from_group', group: 'Team', email: JANE.email }, { groups: [{}, { members: [] }] }],
    [
      { action: 'set_group_members', group: 'Team', emails: [ADMIN.email] },
      { groups: [{}, { members: [ADMIN.email] }] },
    ],
    [
      { action: 'regroup', email: JANE.email, from: 'Team', to: 'Crew' },
      { groups: [{ members: [JANE.email] }, { name: 'Team', members: [] }] },
    ],
  ])('%j works the same in process and over HTTP', async (edit, expected) => {
    const [one, other] = [await seeded(), await seeded()];
    expect(one.control.uiEdit(edit)).toMatchObject(expected);
    const { status, body } = await other.call('POST', EDIT, edit);
    expect(status).toBe(200);
    expect(body).toMatchObject(expected);
  });

  it('demotes and unbans, and refuses to demote or remove the last admin', async () => {
    const { control } = await seeded();
    control.uiEdit({ action: 'promote', email: JANE.email });
    expect(control.uiEdit({ action: 'demote', email: ADMIN.email }).members[0]?.admin).toBe(false);
    for (const action of ['demote', 'remove', 'ban'] as const) {
      expect(() => control.uiEdit({ action, email: JANE.email })).toThrow('last admin');
    }
    control.uiEdit({ action: 'ban', email: ADMIN.email });
    expect(control.uiEdit({ action: 'unban', email: ADMIN.email }).members).toHaveLength(2);
    expect(() => control.uiEdit({ action: 'unban', email: ADMIN.email })).toThrow('not banned');
  });

  it('after a change of address, a person is found by the new address only', async () => {
    const { control, invite } = await seeded();
    control.uiEdit({ action: 'change_email', email: JANE.email, to: 'j@y.test' });
    expect((await invite('j@y.test')).status).toBe(422);
    expect((await invite(JANE.email)).status).toBe(200);
    expect(control.state().members).toHaveLength(3);
  });

  it('accepts an old invite: an expired one, or one of a removed person', async () => {
    const { sandbox, control, invite, time } = await seeded();
    for (const email of ['late@x.test', 'leaver@x.test']) await invite(email);
    time.now += 31 * 86_400_000;
    expect(sandbox.state()).toMatchObject({ invites: [{ state: 'expired' }, { state: 'expired' }] });
    sandbox.edit({ action: 'remove', email: 'leaver@x.test' });
    for (const email of ['late@x.test', 'leaver@x.test']) sandbox.edit({ action: 'accept_invite', email });
    expect(sandbox.state().members).toMatchObject([
      { email: ADMIN.email },
      { email: JANE.email },
      { email: 'late@x.test', state: 'active' },
      { email: 'leaver@x.test', state: 'active' },
    ]);
    expect(() => sandbox.edit({ action: 'accept_invite', email: JANE.email })).toThrow('not found');
    expect(control.invitesSent()).toEqual({ 'late@x.test': 1, 'leaver@x.test': 1 });
  });

  it('deletes a data source, which stays in the list; the state can be written back', async () => {
    const { sandbox, control, call } = await seeded();
    control.putState({ members: [ADMIN], data_sources: [{ name: 'Warehouse' }] });
    sandbox.edit({ action: 'delete_data_source', data_source: 'Warehouse' });
    const before = sandbox.state(true);
    expect(before.data_sources).toMatchObject([{ name: 'Warehouse', soft_deleted: true }]);
    expect((await call('GET', '/api/acme/data_sources')).text).toContain('"soft_deleted":true');
    expect(control.putState(before)).toEqual(before);
  });

  it.each([
    [{ action: 'set_group_members', group: 'Team', emails: ['nobody@x.test'] }, 404, 'nobody@x.test'],
    [{ action: 'set_group_members', group: 'Team', emails: ADMIN.email }, 400, 'array'],
    [{ action: 'delete_data_source', data_source: 'None' }, 404, 'data source'],
    [{ action: 'fire', email: JANE.email }, 400, 'Use one of: promote, demote'],
    [{ action: 'promote' }, 400, 'email'],
    [{ action: 'promote', email: 'nobody@x.test' }, 404, 'nobody@x.test'],
    [{ action: 'rename_group', group: 'None', name: 'x' }, 404, 'Group'],
    [{ action: 'rename_group', group: 'Team', name: 'Crew' }, 422, 'taken'],
    [{ action: 'regroup', email: JANE.email, from: 'Crew', to: 'Team' }, 404, JANE.email],
    [{ action: 'join', email: JANE.email }, 422, 'already'],
  ])('%j is refused and changes nothing', async (edit, status, message) => {
    const { call, control } = await seeded();
    const before = control.state(true);
    const answer = await call('POST', EDIT, edit);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body['message'])).toContain(message);
    expect(control.state(true)).toEqual(before);
  });
});

describe('invites', () => {
  it('are accepted one by one, or all at once', async () => {
    const { control, invite, call } = await seeded();
    for (const email of ['a@x.test', 'b@x.test', 'c@x.test']) await invite(email);
    expect(control.acceptInvites({ emails: ['B@x.test'] })).toEqual(['b@x.test']);
    const { body } = await call('POST', '/_sandbox/accept-invites');
    expect(body).toMatchObject({ accepted: ['a@x.test', 'c@x.test'], invites: [{}, {}, {}] });
    expect(control.acceptInvites()).toEqual([]);
  });

  it('that have expired are accepted only through the old link or after a resend', async () => {
    const { control, invite, call } = await seeded();
    for (const email of ['a@x.test', 'b@x.test']) await invite(email);
    const { body } = await call('POST', '/_sandbox/expire-invites', { emails: ['a@x.test'] });
    expect(body).toMatchObject({ expired: ['a@x.test'], invites: [{ state: 'expired' }, {}] });
    expect(control.acceptInvites()).toEqual(['b@x.test']);
    await invite('a@x.test');
    expect(control.expireInvites()).toEqual(['a@x.test']);
    expect(control.acceptInvites({ old: true })).toEqual(['a@x.test']);
  });

  it.each(['ban', 'vanish'] as const)(
    'bring a removed person back when the old link is used: %s',
    async (membership_delete) => {
      const { control, invite, list, call } = await seeded();
      control.set({ quirks: { membership_delete } });
      await invite('leaver@x.test');
      const [, , row] = await list('/api/acme/memberships', 'memberships');
      await call('DELETE', row?._links?.['self']?.href ?? '');
      expect(control.state()).toMatchObject({ members: [{}, {}], invites: [{ state: 'cancelled' }] });
      expect(control.acceptInvites()).toEqual([]);
      expect(control.acceptInvites({ old: true })).toEqual(['leaver@x.test']);
      expect(control.state().members).toMatchObject([{}, {}, { email: 'leaver@x.test', state: 'active' }]);
    },
  );

  it('do not exist for a removed person who was never pending', async () => {
    const { control, call } = await seeded();
    await call('DELETE', `/api/acme/memberships/${JANE.membership_token}`);
    expect(control.acceptInvites({ old: true })).toEqual([]);
  });
});

describe('a generated workspace', () => {
  it('has the requested size, is evenly spread, and is the same every time', async () => {
    const { call, control } = await seeded();
    const size = { members: 50, groups: 7, memberships: 100, spaces: 3, data_sources: 2 };
    const { body } = await call('POST', '/_sandbox/seed', size);
    expect(body).toEqual({ members: 50, groups: 7, memberships: 100 });
    const names = () => {
      const { members, groups = [], spaces = [] } = control.state();
      return [
        members.map(({ email, admin }) => [email, admin]),
        groups.map((group) => [group.name, group.members]),
        spaces.map(({ name, permissions }) => [name, permissions]),
      ];
    };
    const first = names();
    const sizes = (control.state().groups ?? []).map(({ members = [] }) => members.length);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([14, 15]);
    expect(control.state().members.filter(({ admin }) => admin)).toHaveLength(1);
    control.seed(size);
    expect(names()).toEqual(first);
  });

  it('of 5,000 people, 200 groups and 50,000 memberships is listed completely by the API', async () => {
    const { call, list, control } = await seeded();
    control.seed({ members: 5_000, groups: 200, memberships: 50_000 });
    expect(await list('/api/acme/memberships/lite', 'memberships')).toHaveLength(5_000);
    let memberships = 0;
    for (let page = 1; page <= 7; page += 1) {
      const groups = await list(`/api/acme/groups?page=${page}&per_page=30`, 'groups');
      const custom = groups.filter((group) => group['group_type'] === 'custom');
      memberships += custom.reduce((sum, group) => sum + Number(group['member_count']), 0);
    }
    expect(memberships).toBe(50_000);
    expect((await call('GET', '/api/acme/groups?page=8&per_page=30')).body).toMatchObject({
      _embedded: { groups: [] },
    });
  });

  it.each([{ members: 0 }, { members: 2, groups: 2, memberships: 5 }, { members: 1, colour: 'red' }])(
    '%j is refused and changes nothing',
    async (size) => {
      const { call, control } = await seeded();
      const before = control.state(true);
      expect((await call('POST', '/_sandbox/seed', size)).status).toBe(400);
      expect(control.state(true)).toEqual(before);
    },
  );

  it('a state can be read and written back', async () => {
    const { control } = await seeded();
    control.putState({
      members: [ADMIN, { ...JANE, managed_by_scim: true }, { email: 'p@x.test', state: 'pending' }],
      groups: [GROUP, { name: 'Managed', managed: true }],
      invites: [{ email: 'p@x.test', count: 2 }],
      spaces: [{ name: 'Sales', permissions: [{ action: 'edit', group: 'Team' }] }],
      data_sources: [{ name: 'Warehouse', permissions: [{ action: 'query', email: JANE.email }] }],
    });
    const before = control.state(true);
    control.reset();
    expect(control.state(true)).not.toEqual(before);
    control.putState(before);
    expect(control.state(true)).toEqual(before);
  });
});

describe('calls', () => {
  it('are counted by route pattern, including unknown paths', async () => {
    const { call, control } = await seeded();
    await call('GET', `/api/acme/groups/${GROUP.token}`);
    await call('GET', '/api/acme/groups/other');
    await call('POST', '/api/acme/spaces/x', {});
    await call('GET', '/batch/acme/members');
    expect(control.counts()).toEqual({
      total: 4,
      by_route: {
        'GET /api/acme/groups/:group': 2,
        'POST unknown': 1,
        'GET /batch/acme/members': 1,
      },
      by_status: { '200': 1, '404': 2, '401': 1 },
    });
    expect((await call('DELETE', '/_sandbox/requests')).body).toMatchObject({ total: 0 });
    expect(control.requests()).toEqual([]);
  });

  it('are logged without keys, up to the last ten thousand', async () => {
    const { call, control, url } = await seeded();
    await call('GET', '/api/verify?secret=no');
    expect(JSON.stringify(control.requests())).not.toMatch(/basic|authorization|c2FuZGJveA/i);
    const { createTraffic } = await import('../../src/sandbox/mode/behaviour/traffic.ts');
    const traffic = createTraffic({ now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() });
    const asked = { method: 'GET', host: new URL(url).host, routeOptions: {}, is404: false };
    for (let index = 0; index < 25_000; index += 1) {
      traffic.record({ ...asked, url: `/api/${index}` } as never, 'main')(200);
    }
    expect(traffic.requests()).toHaveLength(10_000);
    expect(traffic.requests().at(-1)?.path).toBe('/api/24999');
    expect(traffic.counts().total).toBe(25_000);
  });

  it('take as long as latency_ms', async () => {
    const { call, control, slept } = await seeded();
    await call('GET', '/api/verify');
    expect(slept).toEqual([]);
    control.set({ latency_ms: 50 });
    await call('GET', '/api/verify');
    expect(slept).toEqual([50]);
  });
});
