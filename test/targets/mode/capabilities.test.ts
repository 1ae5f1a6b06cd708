import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/provisioning/capability/capability.ts';
import { TargetError } from '../../../src/provisioning/ports/target.ts';
import {
  answer,
  fakeMode,
  lite,
  member,
  members,
  routeOf,
  standingClock,
  WRONG_KEY,
  type Handler,
} from './fake-mode.ts';

const inviter = { inviter: { token: 'inviter', secret: 's' } };
const INVITES = '/api/acme/invites';
const invite = { type: 'invite', email: 'new@x.test', name: 'New', former: null } as const;
const failureOf = async (work: Promise<unknown>): Promise<TargetError> => {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof TargetError)) throw new Error(`It did not fail as a target: ${String(error)}`);
  return error;
};

/** Responses by key. */
const byKey =
  (main: Handler, other: Handler): Handler =>
  (request, response) => {
    const basic = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString();
    (basic.startsWith('main:') ? main : other)(request, response);
  };

describe('1: the first key that can invite is used', () => {
  it.each([
    [400, WRONG_KEY],
    [400, { id: 'bad_request', message: 'no' }],
    [401, { id: 'unauthorized', message: 'no' }],
    [403, { id: 'forbidden', message: 'no' }],
    [404, { id: 'not_found', message: 'no' }],
  ])('when the main key is refused with %s %j, the inviter key is used', async (status, body) => {
    const { target, calls } = await fakeMode(
      { [`POST ${INVITES}`]: byKey(answer(status, body), answer(200, {})) },
      inviter,
    );
    await target.apply(invite);
    expect(calls('POST', INVITES).map((call) => call.key)).toEqual(['main', 'inviter']);
    expect(routeOf(target, 'invite', 'inviter key')).toMatchObject({ state: 'available' });
  });

  it('a refused key is not tried again, and the table has the response and time', async () => {
    const { target, calls } = await fakeMode(
      { [`POST ${INVITES}`]: byKey(answer(400, WRONG_KEY), answer(200, {})) },
      inviter,
    );
    for (let count = 0; count < 3; count += 1) await target.apply(invite);
    expect(calls('POST', INVITES).map((call) => call.key)).toEqual(['main', 'inviter', 'inviter', 'inviter']);
    const refused = routeOf(target, 'invite', 'main key');
    expect(refused).toMatchObject({ state: 'refused', at: expect.any(Number) as number });
    expect(refused?.answer).toContain('unsupported for use with Api Keys');
    expect(summarize(target.capabilities.routes())).toContainEqual(
      expect.objectContaining({ name: 'invite', state: 'available', route: 'inviter key' }),
    );
  });

  it('an invalid inviter key refuses only its own route', async () => {
    const { target } = await fakeMode(
      {
        [`POST ${INVITES}`]: byKey(answer(403), answer(401)),
        'GET /api/verify': byKey(answer(200, {}), answer(401)),
      },
      inviter,
    );
    const error = await failureOf(target.apply(invite));
    expect(error.kind).toBe('forbidden');
    expect(error.message).toContain('check MODE_INVITER_KEY');
    expect(summarize(target.capabilities.routes())).toContainEqual(
      expect.objectContaining({ name: 'invite', state: 'refused', route: 'task' }),
    );
  });

  it('with only a workspace key, the error gives advice', async () => {
    const { target } = await fakeMode({ [`POST ${INVITES}`]: answer(400, WRONG_KEY) });
    expect((await failureOf(target.apply(invite))).message).toContain('set MODE_INVITER_KEY');
  });

  it('twenty calls at once try an untried route only once', async () => {
    const { target, calls } = await fakeMode(
      { [`POST ${INVITES}`]: byKey(answer(400, WRONG_KEY), answer(200, {})) },
      inviter,
    );
    await Promise.all(Array.from({ length: 20 }, () => target.apply(invite)));
    expect(calls('POST', INVITES).filter((call) => call.key === 'main')).toHaveLength(1);
  });

  it('12: a refused invite of a person who is already a member succeeds', async () => {
    const { target } = await fakeMode({
      [`POST ${INVITES}`]: answer(422, { message: { email: ['is taken'] } }),
      'GET /api/acme/memberships/lite': answer(200, members(lite({ email: 'NEW@x.test', state: 'pending' }))),
    });
    await expect(target.apply(invite)).resolves.toEqual({});
    expect(routeOf(target, 'invite', 'main key')).toMatchObject({ state: 'available' });
  });

  it("8: a refused invite of a former member fails with Mode's message, and no route is refused", async () => {
    const { target } = await fakeMode({
      [`POST ${INVITES}`]: answer(422, { message: { email: ['was removed'] } }),
      'GET /api/acme/memberships/lite': answer(200, members(lite({ state: 'banned' }))),
    });
    const former = member({ state: 'former' });
    const again = { ...invite, email: 'jane@x.test', former };
    const error = await failureOf(target.apply(again));
    expect(error).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('was removed') as string,
    });
    expect(routeOf(target, 'invite', 'main key')).toMatchObject({ state: 'not_tried' });
  });
});

describe('a probe', () => {
  it('never writes', async () => {
    for (const routes of [
      {},
      { 'GET /api/acme/memberships/lite': answer(404), 'GET /api/acme/groups': answer(403) },
    ]) {
      const { target, asked } = await fakeMode(routes, inviter);
      await target.probe();
      expect(asked.length).toBeGreaterThan(3);
      expect(asked.filter((call) => call.method !== 'GET')).toEqual([]);
    }
  });

  it('tests what reads can test, and leaves the rest untried', async () => {
    const { target } = await fakeMode({ 'GET /api/acme/audit_logs': answer(401) });
    const { credentials, warnings } = await target.probe();
    expect(credentials).toEqual([{ name: 'main key', state: 'accepted', scope: 'workspace', answer: null }]);
    expect(warnings).toEqual([]);
    const states = summarize(target.capabilities.routes()).map(({ name, state, route }) => [
      name,
      state,
      route,
    ]);
    expect(states).toEqual([
      ['list_members', 'available', 'memberships/lite'],
      ['invite', 'not_tried', 'main key'],
      ['remove', 'not_tried', 'main key'],
      ['set_admin', 'not_tried', 'PATCH of the membership'],
      ['rename', 'refused', null],
      ['groups', 'available', 'main key'],
      ['audit_logs', 'refused', null],
      ['discovery', 'not_tried', 'signature token'],
    ]);
    expect(routeOf(target, 'audit_logs', 'audit_logs')?.answer).toContain('lacks the privilege');
  });

  it('reads the audit log as JSON, because it does not accept HAL', async () => {
    const { target } = await fakeMode({
      'GET /api/acme/audit_logs': (request, response) => {
        const hal = request.headers.accept?.includes('hal') ?? false;
        response.writeHead(hal ? 406 : 200).end('{}');
      },
    });
    await target.probe();
    expect(routeOf(target, 'audit_logs', 'audit_logs')).toMatchObject({ state: 'available' });
  });

  it.each([
    ['scim_enabled', { scim_enabled: true }, "Mode's own SCIM is switched on"],
    ['scim_enabled as text', { scim_enabled: 'true' }, "Mode's own SCIM is switched on"],
    ['a key that is not an admin', { membership_type: 'limited' }, 'not an admin'],
  ])('warns of %s', async (_what, root, words) => {
    const { target } = await fakeMode({ 'GET /api/acme': answer(200, root) });
    expect((await target.probe()).warnings.join()).toContain(words);
  });

  it('warns of a key of another workspace', async () => {
    const { target } = await fakeMode({ 'GET /api/verify': answer(200, { workspace: 'other' }) });
    expect((await target.probe()).warnings.join()).toContain('"other"');
  });

  it('reports an invalid key, and makes no other call with it', async () => {
    const { target, asked } = await fakeMode({ 'GET /api/verify': answer(401) });
    const { credentials, warnings } = await target.probe();
    expect(credentials).toMatchObject([{ name: 'main key', state: 'rejected' }]);
    expect(warnings.join()).toContain('does not accept the main key');
    expect(asked.map((call) => call.path)).toEqual(['/api/verify']);
  });

  it.each([503, 429])('concludes nothing from a %s', async (status) => {
    const { target } = await fakeMode({ 'GET /api/acme/groups': answer(status) });
    await expect(target.probe()).rejects.toBeInstanceOf(TargetError);
    expect(routeOf(target, 'groups', 'main key')).toMatchObject({ state: 'not_tried' });
  });
});

describe('2: the list of members that works', () => {
  it('is the only one that is read, and another is found when it is refused', async () => {
    const self = { self: { href: '/api/acme/memberships/m1' } };
    const full = { member_token: 'a1', member_username: 'jane', state: 'active', _links: self };
    const { target, asked, answerWith } = await fakeMode({
      'GET /api/acme/memberships': answer(200, members(full)),
      'GET /api/jane': answer(200, { email: 'jane@x.test', name: 'Jane Doe' }),
    });
    await target.readMembers();
    asked.length = 0;
    await target.readMembers();
    expect(asked.map((call) => call.path)).toEqual(['/api/acme/memberships/lite']);

    answerWith({ 'GET /api/acme/memberships/lite': answer(404) });
    const rows = await target.readMembers();
    expect(rows).toMatchObject([{ email: 'jane@x.test', membershipId: 'm1' }]);
    // A known address is not read again.
    asked.length = 0;
    await target.readMembers(rows);
    await target.readMembers(rows);
    asked.length = 0;
    await target.readMembers(rows);
    expect(asked.map((call) => call.path)).toEqual(['/api/acme/memberships']);
  });

  it.each([true, 'true', 1])(
    "20: shows who is managed by Mode's own SCIM when it is on: %s",
    async (enabled) => {
      const { target, calls } = await fakeMode({
        'GET /api/acme': answer(200, { scim_enabled: enabled }),
        'GET /api/acme/memberships': answer(200, members({ ...lite(), managed_by_scim: true })),
      });
      expect(await target.readMembers()).toMatchObject([{ email: 'jane@x.test', managedElsewhere: true }]);
      expect(calls('GET', '/api/acme/memberships')).toHaveLength(1);
    },
  );

  it('may be one that only the inviter key can read', async () => {
    const { target } = await fakeMode(
      { 'GET /api/acme/memberships/lite': byKey(answer(404), answer(200, members(lite()))) },
      inviter,
    );
    expect(await target.readMembers()).toMatchObject([{ email: 'jane@x.test' }]);
  });

  it.each([400, 401, 403, 404, 422])(
    '24: when all lists return %s, the read fails and is never empty',
    async (status) => {
      const refused = answer(status, { message: 'no' });
      const { target } = await fakeMode({
        'GET /api/acme/memberships/lite': refused,
        'GET /api/acme/memberships': refused,
      });
      expect((await failureOf(target.readMembers())).kind).toBe('forbidden');
      expect(summarize(target.capabilities.routes())).toContainEqual(
        expect.objectContaining({ name: 'list_members', state: 'refused' }),
      );
    },
  );

  it.each([403, 404])(
    '24: a %s for the groups means that the key lacks the privilege, not that there are none',
    async (status) => {
      const { target } = await fakeMode({ 'GET /api/acme/groups': answer(status) });
      const error = await failureOf(target.readGroups());
      expect(error.kind).toBe('forbidden');
      expect(error.message).toContain('Mode accepts the main key (scope workspace)');
    },
  );

  it.each([403, 404])(
    '24: a %s for lists with an invalid key is reported as an invalid key',
    async (status) => {
      const { target } = await fakeMode({
        'GET /api/acme/groups': answer(status),
        'GET /api/acme/memberships/lite': answer(status),
        'GET /api/verify': answer(401),
      });
      for (const reading of [target.readGroups(), target.readMembers()]) {
        const error = await failureOf(reading);
        expect(error.kind).toBe('unauthorized');
        expect(error.message).toContain('check MODE_API_KEY');
      }
    },
  );
});

describe('3: the membership of a person to remove', () => {
  const remove = (more: object = {}) =>
    ({ type: 'remove_member', member: member({ membershipId: null, ...more }) }) as const;
  const row = (links: object = {}) => ({
    member_token: 'a1',
    member_username: 'jane',
    state: 'active',
    ...links,
  });
  const batch = {
    'POST /batch/acme/signature_tokens': answer(200, { token: 't', access_key: 'k', access_secret: 's' }),
    'GET /batch/acme/members': answer(200, {
      members: [{ token: 'm9', member_token: 'a1' }],
      pagination: {},
    }),
  };

  it('is found through the stored token', async () => {
    const { target, asked } = await fakeMode({ 'DELETE /api/acme/memberships/m1': answer(200, {}) });
    await target.apply(remove({ membershipId: 'm1' }));
    expect(asked.map((call) => call.path)).toEqual(['/api/acme/memberships/m1']);
  });

  it('is found through the self link in the full list', async () => {
    const self = { _links: { self: { href: 'api/acme/memberships/m7?x=1' } } };
    const { target, calls } = await fakeMode({
      'GET /api/acme/memberships': answer(200, members(row(self))),
      'DELETE /api/acme/memberships/m7': answer(204),
    });
    expect(await target.apply(remove())).toEqual({ membershipId: 'm7' });
    expect(calls('DELETE', '/api/acme/memberships/m7')).toHaveLength(1);
  });

  it.each([
    ['the full list has no links', { 'GET /api/acme/memberships': answer(200, members(row())) }],
    ['the full list is refused', { 'GET /api/acme/memberships': answer(404) }],
    [
      'the link does not end in a token',
      { 'GET /api/acme/memberships': answer(200, members(row({ _links: { self: { href: '/x/<b>' } } }))) },
    ],
  ])('is found through Discovery when %s', async (_why, routes) => {
    const { target, asked } = await fakeMode({
      ...routes,
      ...batch,
      'DELETE /api/acme/memberships/m9': answer(200),
    });
    expect(await target.apply(remove())).toEqual({ membershipId: 'm9' });
    expect(asked.find((call) => call.path === '/batch/acme/members')?.key).toBe('bearer');
    expect(routeOf(target, 'discovery', 'signature token')).toMatchObject({ state: 'available' });
  });

  it('is not guessed: without a token the removal fails', async () => {
    const { target, asked } = await fakeMode({ 'GET /api/acme/memberships': answer(404) });
    const error = await failureOf(target.apply(remove()));
    expect(error).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('does not show the token') as string,
    });
    expect(asked.filter((call) => call.method === 'DELETE')).toEqual([]);
    expect(routeOf(target, 'discovery', 'signature token')).toMatchObject({ state: 'refused' });
    // The bridge sent no removal, so Mode refused nothing.
    expect(error).toMatchObject({ answered: false });
    expect(routeOf(target, 'remove', 'main key')).toMatchObject({ state: 'not_tried' });
    expect(error.message.match(/does not show the token/g)).toHaveLength(1);
  });

  it('of a person who joined after the read is found: the list is read again, without a signature token', async () => {
    const listed = [row({ _links: { self: { href: '/api/acme/memberships/m1' } } })];
    const { target, calls } = await fakeMode({
      'GET /api/acme/memberships': (request, response) => {
        answer(200, members(...listed))(request, response);
      },
      'DELETE /api/acme/memberships/m1': answer(200),
      'DELETE /api/acme/memberships/m2': answer(200),
    });
    await target.apply(remove());
    listed.push(row({ member_token: 'a2', _links: { self: { href: '/api/acme/memberships/m2' } } }));
    const late = { accountId: 'a2', username: 'late', email: 'late@x.test' };
    expect(await target.apply(remove(late))).toEqual({ membershipId: 'm2' });
    expect(calls('GET', '/api/acme/memberships')).toHaveLength(2);
    expect(calls('POST', '/batch/acme/signature_tokens')).toEqual([]);
  });

  it('that Discovery did not have before is read again, and each signature token is revoked', async () => {
    const known = [{ token: 'm9', member_token: 'a1' }];
    const { target, calls } = await fakeMode({
      ...batch,
      'GET /api/acme/memberships': answer(404),
      'GET /api/acme/memberships/lite': answer(
        200,
        members(lite(), lite({ member_token: 'a2', username: 'late', email: 'late@x.test' })),
      ),
      'GET /batch/acme/members': (request, response) => {
        answer(200, { members: known, pagination: {} })(request, response);
      },
      'DELETE /batch/acme/signature_tokens/t': answer(200),
      'DELETE /api/acme/memberships/m9': answer(200),
      'DELETE /api/acme/memberships/m8': answer(200),
    });
    await target.apply(remove());
    known.push({ token: 'm8', member_token: 'a2' });
    await target.apply(remove({ accountId: 'a2', username: 'late', email: 'late@x.test' }));
    expect(calls('DELETE', '/batch/acme/signature_tokens/t')).toHaveLength(2);
    expect(calls('POST', '/batch/acme/signature_tokens')).toHaveLength(2);
  });

  it('of a person who is in no list is already gone', async () => {
    const { target } = await fakeMode({
      'GET /api/acme/memberships': answer(200, members(row({ member_token: 'other' }))),
      'GET /api/acme/memberships/lite': answer(200, members(lite({ member_token: 'other' }))),
    });
    await expect(target.apply(remove())).resolves.toEqual({});
  });
});

describe('4: any 2xx is a success', () => {
  it.each([200, 201, 202, 204])('%s without a body to a write', async (status) => {
    const { target } = await fakeMode({ '/api/acme/groups/g': answer(status) });
    await expect(
      target.apply({ type: 'rename_group', targetGroupId: 'g', name: 'n', from: 'Old' }),
    ).resolves.toEqual({});
  });

  it('a group that was created without a response body is found by name, and not created twice', async () => {
    const made = { _embedded: { groups: [{ token: 'g1', name: 'Data' }] }, pagination: { total_pages: 1 } };
    const { target, calls } = await fakeMode({
      'POST /api/acme/groups': answer(204),
      'GET /api/acme/groups': answer(200, made),
    });
    expect(await target.apply({ type: 'create_group', name: 'Data' })).toEqual({ targetGroupId: 'g1' });
    expect(calls('POST', '/api/acme/groups')).toHaveLength(1);
  });
});

describe('5, 7: a removal counts when the list shows it', () => {
  const remove = { type: 'remove_member', member: member() } as const;
  const path = '/api/acme/memberships/m1';

  it.each([404, 410])('%s for a person who is no longer listed succeeds', async (status) => {
    const gone = answer(200, members(lite({ member_token: 'other', email: 'o@x.test', username: 'o' })));
    const { target } = await fakeMode({
      [`DELETE ${path}`]: answer(status),
      'GET /api/acme/memberships/lite': gone,
    });
    await expect(target.apply(remove)).resolves.toEqual({ membershipId: 'm1' });
  });

  it.each([404, 410])('%s for a person who is still listed fails with "Still active"', async (status) => {
    const { target } = await fakeMode({ [`DELETE ${path}`]: answer(status) });
    const error = await failureOf(target.apply(remove));
    expect(error.kind).toBe('forbidden');
    expect(error.message).toMatch(/Still active.*no privilege/);
    expect(routeOf(target, 'remove', 'main key')).toMatchObject({ state: 'refused' });
  });

  it('a removal that is accepted repeatedly without effect fails with "Still active"', async () => {
    const { target, calls } = await fakeMode({ [`DELETE ${path}`]: answer(200) });
    for (let count = 0; count < 3; count += 1) await target.apply(remove);
    expect((await failureOf(target.apply(remove))).message).toContain('Still active');
    expect(calls('DELETE', path)).toHaveLength(3);
  });

  it('a person who leaves and rejoins many times a day is removed each time', async () => {
    const { target, calls } = await fakeMode({
      [`DELETE ${path}`]: answer(200),
      [`POST ${INVITES}`]: answer(200),
    });
    for (let count = 0; count < 6; count += 1) {
      await target.apply(remove);
      await target.apply({ ...invite, email: 'jane@x.test' });
    }
    expect(calls('DELETE', path)).toHaveLength(6);
  });

  it('a refusal for one person does not stop the removal of others', async () => {
    const { target } = await fakeMode({
      [`DELETE ${path}`]: answer(403),
      'DELETE /api/acme/memberships/m2': answer(200),
    });
    expect((await failureOf(target.apply(remove))).kind).toBe('forbidden');
    const other = {
      type: 'remove_member',
      member: member({ accountId: 'a2', membershipId: 'm2' }),
    } as const;
    await expect(target.apply(other)).resolves.toEqual({ membershipId: 'm2' });
  });
});

describe('9: the admin role', () => {
  const path = '/api/acme/memberships/m1';
  const promote = { type: 'set_admin', member: member(), admin: true } as const;

  it('is patched where Mode accepts it, and read back the first time', async () => {
    const { target, asked } = await fakeMode({
      [`PATCH ${path}`]: answer(200, {}),
      [`GET ${path}`]: answer(200, { admin: 'true' }),
    });
    await target.apply(promote);
    await target.apply({ ...promote, member: member() });
    expect(asked.map((call) => call.method)).toEqual(['PATCH', 'GET', 'PATCH']);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ membership: { admin: true } });
  });

  it.each([
    ['a PATCH without effect', answer(200, { admin: true })],
    ['a PATCH with status 400', answer(400)],
    ['a PATCH with status 403', answer(403)],
    ['a PATCH with status 404', answer(404)],
    ['a PATCH with status 405', answer(405)],
    ['a PATCH with status 501', answer(501)],
  ])('%s is recorded as refused', async (_what, patch) => {
    const { target, calls } = await fakeMode(
      { [`PATCH ${path}`]: patch, [`GET ${path}`]: answer(200, { admin: false }) },
      { clock: standingClock() },
    );
    expect((await failureOf(target.apply(promote))).kind).toBe('forbidden');
    expect(routeOf(target, 'set_admin', 'PATCH of the membership')).toMatchObject({ state: 'refused' });
    await failureOf(target.apply(promote));
    expect(calls('PATCH', path)).toHaveLength(1);
  });

  it('that changes many times a day is set each time', async () => {
    let admin = false;
    const { target, calls } = await fakeMode({
      [`PATCH ${path}`]: (request, response) => {
        admin = !admin;
        answer(200)(request, response);
      },
      [`GET ${path}`]: (request, response) => {
        answer(200, { admin })(request, response);
      },
    });
    for (let count = 0; count < 6; count += 1) {
      await target.apply(promote);
      await target.apply({ ...promote, admin: false });
    }
    expect(calls('PATCH', path)).toHaveLength(12);
  });

  it('a failed validation is only about that person', async () => {
    const { target } = await fakeMode({
      [`PATCH ${path}`]: answer(422, { message: { admin: ['is the last'] } }),
    });
    expect((await failureOf(target.apply(promote))).kind).toBe('refused');
    expect(routeOf(target, 'set_admin', 'PATCH of the membership')).toMatchObject({ state: 'not_tried' });
  });
});

describe('23: after a 401 the key is checked before an error is reported', () => {
  const refused = { 'GET /api/acme/groups': answer(401), 'GET /api/acme/memberships/lite': answer(401) };

  it('a valid key lacks the privilege', async () => {
    const { target, calls } = await fakeMode(refused);
    const error = await failureOf(target.readGroups());
    expect(error.kind).toBe('forbidden');
    expect(error.message).toContain('lacks the privilege');
    // The message already explains the refusal, so the key is not checked a second time.
    expect(calls('GET', '/api/verify')).toHaveLength(1);
  });

  it('a key that was revoked right after a check is not reported as lacking the privilege', async () => {
    const verify = { status: 200 };
    const clock = standingClock();
    const revocable: Handler = (request, response) => {
      answer(verify.status, { workspace: 'acme', api_key_scope: 'workspace' })(request, response);
    };
    const { target } = await fakeMode({ ...refused, 'GET /api/verify': revocable }, { clock });
    expect((await failureOf(target.readGroups())).kind).toBe('forbidden');
    verify.status = 401;
    clock.advance(1);
    expect((await failureOf(target.readGroups())).kind).toBe('unauthorized');
  });

  it('an invalid key is reported with its settings, and everything waits', async () => {
    const { target } = await fakeMode({ ...refused, 'GET /api/verify': answer(401) });
    const error = await failureOf(target.readGroups());
    expect(error.kind).toBe('unauthorized');
    expect(error.message).toContain(
      'check MODE_API_KEY and MODE_API_SECRET (in a configuration file: mode.api_key',
    );
    expect(routeOf(target, 'groups', 'main key')).toMatchObject({ state: 'not_tried' });
  });

  it('a failed key check is repeated later', async () => {
    const { target } = await fakeMode({ ...refused, 'GET /api/verify': answer(503) });
    expect((await failureOf(target.readGroups())).kind).toBe('unavailable');
  });
});

describe('25: credentials and links stay with Mode', () => {
  it.each(['GET', 'POST', 'PATCH', 'DELETE'])(
    '%s does not follow redirects to another origin',
    async (method) => {
      const other = await fakeMode({});
      const elsewhere = answer(307, '', { location: `${other.baseUrl}/api/acme/groups` });
      const { target } = await fakeMode({
        'GET /api/acme/groups': elsewhere,
        'POST /api/acme/groups': elsewhere,
        'PATCH /api/acme/groups/g': elsewhere,
        'DELETE /api/acme/memberships/m1': elsewhere,
      });
      const work = {
        GET: () => target.readGroups(),
        POST: () => target.apply({ type: 'create_group', name: 'n' }),
        PATCH: () => target.apply({ type: 'rename_group', targetGroupId: 'g', name: 'n', from: 'Old' }),
        DELETE: () => target.apply({ type: 'remove_member', member: member() }),
      }[method];
      expect((await failureOf(work?.() ?? Promise.resolve())).kind).toBe('unavailable');
      expect(other.asked).toEqual([]);
    },
  );

  it('a list with a link to another origin is read from this one', async () => {
    const other = await fakeMode({});
    const links = { memberships_lite: { href: `${other.baseUrl}/api/acme/memberships/lite` } };
    const { target } = await fakeMode({ 'GET /api/acme': answer(200, { _links: links }) });
    expect(await target.readMembers()).toHaveLength(1);
    expect(other.asked).toEqual([]);
  });

  it.each([
    ['/acme/invites/new', '/acme/invites/new'],
    ['https://evil.test/x', '/acme'],
    ['//evil.test/x', '/acme'],
    ['javascript:alert(1)', '/acme'],
  ])('the link %s becomes %s under the configured URL', async (href, expected) => {
    const { target, baseUrl } = await fakeMode({
      'GET /api/acme': answer(200, { _links: { new_invite_web: { href } } }),
    });
    expect(await target.pageFor({ kind: 'invites' })).toBe(`${baseUrl}${expected}`);
  });

  it('a page is returned even when Mode fails', async () => {
    const { target, baseUrl } = await fakeMode({ 'GET /api/acme': answer(503) });
    for (const place of [
      { kind: 'invites' },
      { kind: 'groups' },
      { kind: 'group', targetGroupId: 'g' },
    ] as const) {
      expect(await target.pageFor(place)).toBe(`${baseUrl}/acme`);
    }
  });

  it('8: the page for a former member is the one to unban them', async () => {
    const links = { web_self: { href: '/w/m1' }, web_self_unban: { href: '/w/m1/unban' } };
    const { target, baseUrl } = await fakeMode({
      'GET /api/acme/memberships/m1': answer(200, { _links: links }),
    });
    expect(await target.pageFor({ kind: 'member', member: member({ state: 'former' }) })).toBe(
      `${baseUrl}/w/m1/unban`,
    );
    expect(await target.pageFor({ kind: 'member', member: member() })).toBe(`${baseUrl}/w/m1`);
  });
});
