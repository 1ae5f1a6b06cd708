/** The client of Mode's own SCIM, against two independent servers: scimmy-routers and another bridge. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { TargetError } from '../../../src/provisioning/ports/target.ts';
import { RouteNotApplicable } from '../../../src/targets/mode/mode-routes.ts';
import { openOwnScim } from '../../../src/targets/mode/own-scim/own-scim.ts';
import { TOKENS } from '../../acceptance/boot.ts';
import { openStage } from '../../acceptance/stage.ts';
import { answer, fakeMode, lite, member, members, routeOf, standingClock } from './fake-mode.ts';
import { startPeer } from './scim-peer.ts';

const limits = { clock: systemClock, requestsPerSecond: 10_000, timeoutMs: 2_000 };

interface Peer {
  readonly url: string;
  readonly token: string;
}

async function scimmy(): Promise<Peer> {
  const token = 'token-of-the-peer';
  return { url: await startPeer(token), token };
}

async function bridge(): Promise<Peer> {
  const stage = await openStage('sqlite');
  onTestFinished(() => stage.close());
  return { url: stage.scim, token: TOKENS.scim };
}

const JANE = 'jane@x.test';
const jane = member({ email: JANE });
const invited = (email: string, name: string | null = null) => ({ email, name });

async function setup(open: () => Promise<Peer>) {
  const peer = await open();
  const own = openOwnScim({ ...peer, ...limits });
  onTestFinished(() => own.close());
  const list = async (endpoint: string): Promise<Record<string, unknown>[]> => {
    const response = await fetch(`${peer.url}/${endpoint}`, {
      headers: { authorization: `Bearer ${peer.token}` },
    });
    return ((await response.json()) as { Resources?: Record<string, unknown>[] }).Resources ?? [];
  };
  const person = async (email = JANE) => (await list('Users')).find((user) => user['userName'] === email);
  const group = async (name: string) => (await list('Groups')).find((row) => row['displayName'] === name);
  return { own, peer, list, person, group };
}

describe.each([
  ['scimmy-routers', scimmy],
  ['another bridge', bridge],
])("Mode's own SCIM as %s", (_name, open) => {
  it('creates people once, with their names', async () => {
    const { own, list, person } = await setup(open);
    await own.people.createOrReactivate(invited(JANE, 'Jane van Doe'));
    await own.people.createOrReactivate(invited(JANE, 'Jane van Doe'));
    expect(
      (await list('Users')).filter((user) => String(user['userName']).toLowerCase() === JANE),
    ).toHaveLength(1);
    expect(await person()).toMatchObject({
      active: true,
      name: { givenName: 'Jane', familyName: 'van Doe' },
      emails: [{ value: JANE }],
    });
  });

  it('deactivates and reactivates people', async () => {
    const { own, person } = await setup(open);
    await own.people.createOrReactivate(invited(JANE));
    await own.people.deactivate(jane);
    expect(await person()).toMatchObject({ active: false });
    await own.people.deactivate(jane);
    await own.people.createOrReactivate(invited(JANE));
    expect(await person()).toMatchObject({ active: true });
  });

  it('sets and removes the admin role, and keeps other roles', async () => {
    const { own, person } = await setup(open);
    await own.people.createOrReactivate(invited(JANE));
    const roles = async () => ((await person())?.['roles'] ?? []) as { value: string }[];
    await own.people.setAdmin(jane, true);
    await own.people.setAdmin(jane, true);
    expect((await roles()).map((role) => role.value)).toEqual(['admin']);
    await own.people.setAdmin(jane, false);
    expect(await roles()).toEqual([]);
  });

  it('renames people and changes their addresses', async () => {
    const { own, person } = await setup(open);
    await own.people.createOrReactivate(invited(JANE, 'Jane Doe'));
    await own.people.update(jane, { name: 'Jane Roe Junior', email: 'roe@x.test' });
    expect(await person()).toBeUndefined();
    expect(await person('roe@x.test')).toMatchObject({
      name: { givenName: 'Jane', familyName: 'Roe Junior' },
      emails: [{ value: 'roe@x.test' }],
    });
  });

  it('creates, fills, renames and deletes groups', async () => {
    const { own, person, group } = await setup(open);
    await own.people.createOrReactivate(invited(JANE));
    await own.people.createOrReactivate(invited('sam@x.test'));
    await own.groups.create('R&D, data + more');
    await own.groups.create('R&D, data + more');
    await own.groups.rename('R&D, data + more', 'Data');
    await own.groups.addMember('Data', JANE);
    await own.groups.addMember('Data', 'sam@x.test');
    const ids = async () =>
      ((await group('Data'))?.['members'] as { value: string }[]).map((row) => row.value);
    expect(await ids()).toHaveLength(2);
    await own.groups.removeMember('Data', 'sam@x.test');
    expect(await ids()).toEqual([(await person())?.['id']]);
    await own.groups.remove('Data');
    await own.groups.remove('Data');
    expect(await group('Data')).toBeUndefined();
  });

  it('adds and removes many group members in one call', async () => {
    const { own, person, group, list } = await setup(open);
    const emails = Array.from({ length: 8 }, (_none, at) => `p${at}@x.test`);
    for (const email of emails) await own.people.createOrReactivate(invited(email));
    await own.groups.create('Data');
    const ids = await own.people.idsOf([...emails, 'nobody@x.test', 'P0@x.test']);
    expect([...ids.keys()].sort()).toEqual(emails);
    expect(ids.get('p7@x.test')).toBe((await person('p7@x.test'))?.['id']);
    await own.groups.changeMembers('Data', { add: [...ids.values()], remove: [] });
    const members = async () => ((await group('Data'))?.['members'] ?? []) as { value: string }[];
    expect(await members()).toHaveLength(8);
    const leaving = emails.slice(0, 5).map((email) => ids.get(email) ?? '');
    await own.groups.changeMembers('Data', { add: [], remove: leaving });
    expect((await members()).map((row) => row.value).sort()).toEqual(
      (await list('Users'))
        .filter((user) => emails.slice(5).includes(String(user['userName'])))
        .map((user) => user['id'])
        .sort(),
    );
  });

  it('reports unknown people and groups', async () => {
    const { own } = await setup(open);
    await expect(own.people.deactivate(jane)).rejects.toBeInstanceOf(RouteNotApplicable);
    await expect(own.people.setAdmin(member({ email: null }), true)).rejects.toBeInstanceOf(
      RouteNotApplicable,
    );
    await expect(own.groups.rename('Nothing', 'Data')).rejects.toBeInstanceOf(RouteNotApplicable);
  });

  it('names the setting when the token is wrong', async () => {
    const { peer } = await setup(open);
    const own = openOwnScim({ ...peer, token: 'wrong-token-wrong-token', ...limits });
    onTestFinished(() => own.close());
    const error: unknown = await own.check().catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('MODE_SCIM_TOKEN') as string,
    });
  });
});

describe("odd responses of Mode's own SCIM", () => {
  const user = (more: object = {}) => ({ id: 5, userName: JANE, active: 'true', roles: [], ...more });
  const serving = async (routes: Parameters<typeof fakeMode>[0]) => {
    const mode = await fakeMode(routes);
    const own = openOwnScim({ url: `${mode.baseUrl}/scim/v2/`, token: 't', ...limits, timeoutMs: 300 });
    onTestFinished(() => own.close());
    return { own, ...mode };
  };

  it('a change that is accepted but not made is an error', async () => {
    const { own } = await serving({
      'GET /scim/v2/Users': answer(200, { totalResults: '1', Resources: [user()] }),
      'PATCH /scim/v2/Users/5': answer(204),
      'GET /scim/v2/Users/5': answer(200, user()),
    });
    for (const work of [
      () => own.people.setAdmin(jane, true),
      () => own.people.deactivate(jane),
      () => own.people.update(jane, { name: 'Other Name' }),
    ]) {
      await expect(work()).rejects.toMatchObject({
        kind: 'forbidden',
        message: expect.stringContaining('did not make it') as string,
      });
    }
  });

  it('a person who is not known is looked up to change the profile once a day, and after they are created', async () => {
    let made = false;
    const clock = standingClock();
    const { calls, baseUrl } = await serving({
      'GET /scim/v2/Users': (request, response) => {
        answer(200, { totalResults: made ? 1 : 0, Resources: made ? [user()] : [] })(request, response);
      },
      'POST /scim/v2/Users': (request, response) => {
        made = true;
        answer(201, user())(request, response);
      },
      'PATCH /scim/v2/Users/5': answer(204),
      'GET /scim/v2/Users/5': answer(200, user({ displayName: 'Jane Roe' })),
    });
    const own = openOwnScim({ url: `${baseUrl}/scim/v2`, token: 't', ...limits, clock });
    onTestFinished(() => own.close());
    const rename = () => own.people.update(jane, { name: 'Jane Roe' });
    const lookUps = () => calls('GET', '/scim/v2/Users').length;
    await expect(rename()).rejects.toBeInstanceOf(RouteNotApplicable);
    await expect(rename()).rejects.toBeInstanceOf(RouteNotApplicable);
    expect(lookUps()).toBe(1);
    clock.advance(25 * 60 * 60_000);
    await expect(rename()).rejects.toBeInstanceOf(RouteNotApplicable);
    expect(lookUps()).toBe(2);
    await own.people.createOrReactivate(invited(JANE));
    await expect(rename()).resolves.toEqual({});
  });

  it('a 409 on create means that the person exists', async () => {
    let made = false;
    const { own, calls } = await serving({
      'GET /scim/v2/Users': (request, response) => {
        answer(200, { totalResults: made ? 1 : 0, Resources: made ? [user()] : [] })(request, response);
      },
      'POST /scim/v2/Users': (request, response) => {
        made = true;
        answer(409, { status: '409', scimType: 'uniqueness' })(request, response);
      },
    });
    await expect(own.people.createOrReactivate(invited(JANE))).resolves.toEqual({ existed: true });
    expect(calls('POST', '/scim/v2/Users')).toHaveLength(1);
  });

  it('users with another name are ignored, even when the server ignores the filter', async () => {
    const { own } = await serving({
      'GET /scim/v2/Users': answer(200, { totalResults: 1, Resources: [user({ userName: 'other@x.test' })] }),
    });
    await expect(own.people.deactivate(jane)).rejects.toBeInstanceOf(RouteNotApplicable);
  });

  it.each([
    ['an empty response without Resources', { totalResults: 0 }, RouteNotApplicable],
    ['no list', {}, TargetError],
    ['a list with a resource without id', { totalResults: 1, Resources: [{ userName: JANE }] }, TargetError],
    ['a login page', '<html></html>', TargetError],
  ])('%s', async (_what, body, type) => {
    const { own } = await serving({ 'GET /scim/v2/Users': answer(200, body) });
    await expect(own.people.deactivate(jane)).rejects.toBeInstanceOf(type);
  });

  it('25: the token is never sent to another origin', async () => {
    const other = await fakeMode({});
    const { own } = await serving({
      'GET /scim/v2/Users': answer(301, '', { location: `${other.baseUrl}/scim/v2/Users` }),
    });
    await expect(own.check()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('MODE_SCIM_URL') as string,
    });
    expect(other.asked).toEqual([]);
  });
});

describe("Mode's own SCIM as a route", () => {
  const ownUser = { id: 'u1', userName: JANE, active: true, roles: [] as unknown[] };
  const invite = { type: 'invite', email: JANE, name: 'Jane Doe', former: null } as const;

  /** A Mode whose keys cannot do anything, and whose own SCIM has one user. */
  async function mode(rest: Parameters<typeof fakeMode>[0] = {}) {
    let stored: Record<string, unknown> = { ...ownUser };
    const scim = await fakeMode({
      'GET /scim/Users': (request, response) => {
        answer(200, { totalResults: 1, Resources: [stored] })(request, response);
      },
      'GET /scim/Users/u1': (request, response) => {
        answer(200, stored)(request, response);
      },
      'PATCH /scim/Users/u1': (request, response) => {
        const { body } = scim.asked.at(-1) ?? { body: '{}' };
        for (const { path, value } of (JSON.parse(body) as { Operations: { path: string; value: unknown }[] })
          .Operations) {
          stored = { ...stored, [path]: value };
        }
        answer(200, stored)(request, response);
      },
    });
    const { open, asked } = await fakeMode(rest);
    const target = open({ ownScim: { url: `${scim.baseUrl}/scim`, token: 't' } });
    return { target, asked, scim };
  }

  it('adds many group members in one call, and skips unknown people', async () => {
    const rows = Array.from({ length: 60 }, (_none, at) =>
      lite({ member_token: `a${at}`, email: `p${at}@x.test`, username: `p${at}` }),
    );
    const users = rows.slice(0, 50).map(({ email }, at) => ({ id: `u${at}`, userName: email }));
    const scim = await fakeMode({
      'GET /scim/Users': (request, response) => {
        const from = Number(new URL(request.url ?? '', 'http://x').searchParams.get('startIndex')) - 1;
        answer(200, { totalResults: 50, Resources: users.slice(from, from + 20) })(request, response);
      },
      'GET /scim/Groups': answer(200, { totalResults: 1, Resources: [{ id: 'sg', displayName: 'Data' }] }),
      'PATCH /scim/Groups/sg': answer(204),
    });
    const { open } = await fakeMode({
      'GET /api/acme/memberships/lite': answer(200, members(...rows)),
      'GET /api/acme/groups/g': answer(200, { token: 'g', name: 'Data', managed: true }),
    });
    const target = open({ ownScim: { url: `${scim.baseUrl}/scim`, token: 't' }, timeoutMs: 5_000 });
    await target.readMembers();
    const add = rows.map((row) => row.member_token);
    const done = await target.changeMembers?.apply({ targetGroupId: 'g', add, remove: ['a0'] });
    expect(done?.size).toBe(50);
    expect(done?.has('a55')).toBe(false);
    expect(scim.calls('PATCH', '/scim/Groups/sg')).toHaveLength(1);
    expect(scim.calls('GET', '/scim/Users')).toHaveLength(3);
    const again = await target.changeMembers?.apply({ targetGroupId: 'g', add: ['a1', 'a2'], remove: [] });
    expect([...(again ?? [])]).toEqual(['a1', 'a2']);
    expect(scim.calls('GET', '/scim/Users')).toHaveLength(3);
  });

  it('changes nothing when it does not know the group or refuses', async () => {
    for (const routes of [
      { 'GET /scim/Groups': answer(200, { totalResults: 0 }) },
      {
        'GET /scim/Groups': answer(200, { totalResults: 1, Resources: [{ id: 'sg', displayName: 'Data' }] }),
        'PATCH /scim/Groups/sg': answer(413),
      },
    ]) {
      const scim = await fakeMode({
        'GET /scim/Users': answer(200, { totalResults: 1, Resources: [ownUser] }),
        ...routes,
      });
      const { open } = await fakeMode({
        'GET /api/acme/memberships/lite': answer(200, members(lite({ email: JANE }))),
        'GET /api/acme/groups/g': answer(200, { token: 'g', name: 'Data' }),
      });
      const target = open({ ownScim: { url: `${scim.baseUrl}/scim`, token: 't' }, timeoutMs: 5_000 });
      await target.readMembers();
      const wanted = { targetGroupId: 'g', add: ['a1'], remove: [] };
      expect(await target.changeMembers?.apply(wanted)).toEqual(new Set());
      const asked = scim.asked.length;
      expect(await target.changeMembers?.apply(wanted)).toEqual(new Set());
      expect(scim.asked).toHaveLength(asked);
    }
  });

  it('is used when no key can invite', async () => {
    const { target, scim } = await mode({ 'POST /api/acme/invites': answer(403) });
    await target.apply(invite);
    await target.apply(invite);
    expect(routeOf(target, 'invite', 'own SCIM')).toMatchObject({ state: 'available' });
    expect(scim.calls('GET', '/scim/Users')).toHaveLength(2);
  });

  it('is the first route for the admin role', async () => {
    const { target, asked } = await mode();
    await target.apply({ type: 'set_admin', member: jane, admin: true });
    expect(asked).toEqual([]);
  });

  it('is skipped for an unknown person, without a recorded refusal', async () => {
    const { target } = await mode({
      'PATCH /api/acme/memberships/m1': answer(200),
      'GET /api/acme/memberships/m1': answer(200, { admin: true }),
    });
    const sam = member({ email: 'sam@x.test' });
    await target.apply({ type: 'set_admin', member: sam, admin: true });
    expect(routeOf(target, 'set_admin', 'own SCIM')).toMatchObject({ state: 'not_tried' });
    expect(routeOf(target, 'set_admin', 'PATCH of the membership')).toMatchObject({ state: 'available' });
  });

  it('20: is the only route for what it manages', async () => {
    const managed = member({ managedElsewhere: true });
    const { target, asked } = await mode();
    await target.apply({ type: 'set_admin', member: managed, admin: true });
    await target.apply({ type: 'remove_member', member: managed });
    await target.apply({ ...invite, former: { ...managed, state: 'former' } });
    expect(asked).toEqual([]);
  });

  it('20: without its token, what it manages is not written', async () => {
    const { open, asked } = await fakeMode({
      'GET /api/acme/memberships/lite': answer(200, members(lite())),
    });
    const target = open();
    const managed = member({ managedElsewhere: true });
    for (const operation of [
      { type: 'set_admin', member: managed, admin: true },
      { type: 'remove_member', member: managed },
      { ...invite, former: managed },
    ] as const) {
      await expect(target.apply(operation)).rejects.toMatchObject({ kind: 'forbidden' });
    }
    expect(asked).toEqual([]);
  });

  it('writes the groups that it manages, and the API writes the others', async () => {
    const group = (managed: boolean) => answer(200, { token: 'g', name: 'Data', managed });
    const { target, scim, asked } = await mode({
      'GET /api/acme/groups/own': group(true),
      'GET /api/acme/groups/rest': group(false),
      'PATCH /api/acme/groups/rest': answer(200),
    });
    scim.answerWith({
      'GET /scim/Groups': answer(200, { totalResults: 1, Resources: [{ id: 'g7', displayName: 'Data' }] }),
      'PATCH /scim/Groups/g7': answer(204),
      'GET /scim/Groups/g7': answer(200, { id: 'g7', displayName: 'New' }),
    });
    await target.apply({ type: 'rename_group', targetGroupId: 'own', name: 'New', from: 'Old' });
    expect(asked.filter((call) => call.method !== 'GET')).toEqual([]);
    await target.apply({ type: 'rename_group', targetGroupId: 'rest', name: 'New', from: 'Old' });
    expect(scim.calls('PATCH', '/scim/Groups/g7')).toHaveLength(1);
    expect(asked.filter((call) => call.method === 'PATCH')).toHaveLength(1);
  });

  it('an invalid token refuses its routes, and the probe reports it', async () => {
    const { target, scim } = await mode();
    scim.answerWith({ 'GET /scim/Users': answer(401) });
    const { credentials } = await target.probe();
    expect(credentials).toContainEqual(
      expect.objectContaining({ name: "token of Mode's own SCIM", state: 'rejected' }),
    );
    expect(routeOf(target, 'rename', 'own SCIM')).toMatchObject({ state: 'refused' });
  });
});
