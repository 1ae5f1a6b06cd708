/** What Mode does not do for the bridge's keys: seen from the IdP's side, from the operators', and in Mode. */
import { afterEach, describe, expect, it } from 'vitest';
import { startApp, type App } from '../../src/app/start-app.ts';
import { startSimulatedMode } from '../../src/app/simulated-mode.ts';
import { systemClock } from '../../src/clock.ts';
import type { ModeAccess } from '../../src/config/config.ts';
import { withMode } from '../with-mode.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { run } from '../cli/run-here.ts';
import { TOKENS } from './boot.ts';
import { client, person, type Call } from './client.ts';
import { eventually } from './eventually.ts';
import { control } from './mode-state.ts';
import { systemRandom } from '../../src/random.ts';

const MODE_EXTENSION = 'urn:ietf:params:scim:schemas:extension:mode:2.0:User';
const SEED = {
  members: [
    { email: 'boss@x.test', username: 'boss', admin: true, member_token: '0000000000b0' },
    { email: 'second@x.test', username: 'second', admin: true },
    { email: 'jane@x.test', username: 'jane', name: 'Jane Doe', membership_token: 'bbbbbbbbbbbb' },
  ],
  groups: [{ name: 'Team', members: ['jane@x.test'] }],
};

interface Bridge {
  readonly app: App;
  readonly scim: Call;
  readonly admin: Call;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const log = createLogger('silent');

async function simulated(settings: object = {}, seed: object = SEED) {
  const config = readConfig({ SANDBOX_PORT: '0', SANDBOX_PROFILE: 'kind' });
  const { sandbox, mode } = await startSimulatedMode(config, systemClock, log);
  closing.push(() => sandbox.close());
  const { url } = sandbox;
  await control(url, 'PUT', 'state', seed);
  await control(url, 'PATCH', 'settings', settings);
  const requests = async (method: string, path: string) => {
    const { requests: all } = (await control(url, 'GET', 'requests')) as {
      requests: { method: string; path: string }[];
    };
    return all.filter((request) => request.method === method && request.path.startsWith(path));
  };
  const memberOf = async (email: string) => {
    const { members } = (await control(url, 'GET', 'state?all=true')) as {
      members: { email: string; state: string; admin: boolean }[];
    };
    return members.find((member) => member.email === email);
  };
  const edit = (action: string, fields: object) => control(url, 'POST', 'ui-edit', { action, ...fields });
  return {
    url,
    mode,
    requests,
    memberOf,
    edit,
    set: (more: object) => control(url, 'PATCH', 'settings', more),
  };
}

async function bridge(mode: ModeAccess, database: string): Promise<Bridge> {
  const config = readConfig({
    BRIDGE_DATABASE_URL: database,
    BRIDGE_HOST: '127.0.0.1',
    BRIDGE_PORT: '0',
    BRIDGE_ADMIN_PORT: '0',
    BRIDGE_SCIM_TOKEN: TOKENS.scim,
    BRIDGE_FEED_TOKEN: TOKENS.feed,
    BRIDGE_ADMIN_TOKEN: TOKENS.admin,
    MODE_REQUESTS_PER_SECOND: '500',
  });
  const options = {
    ...withMode(config, mode),
    forgetful: false,
    clock: systemClock,
    log,
    random: systemRandom,
  };
  const app = await startApp(options);
  closing.push(() => app.close());
  return {
    app,
    scim: client(`${app.publicUrl}/scim/v2`, TOKENS.scim),
    admin: client(`${app.adminUrl}/admin/api`, TOKENS.admin),
  };
}

/** A key that may do all but invite. */
const alone = ({ baseUrl, workspace, key }: ModeAccess): ModeAccess => ({ baseUrl, workspace, key });

interface Told {
  readonly id: string;
  readonly action: string;
  readonly what: string;
  readonly why: string;
  readonly link: string;
  readonly subject: { readonly name: string };
  readonly asked_by: string;
  readonly closed_by: string | null;
}

async function tasksOf({ admin }: Bridge, closed = false): Promise<readonly Told[]> {
  return (await admin('GET', `/tasks?closed=${closed}`)).body['tasks'] as readonly Told[];
}

async function capability({ admin }: Bridge, name: string) {
  const { capabilities } = (await admin('GET', '/workspaces/acme')).body as {
    capabilities: { name: string; state: string; route: string | null; answer: string | null; at: string }[];
  };
  return capabilities.find((row) => row.name === name);
}

async function deliveryOf({ scim }: Bridge, id: string): Promise<{ delivery?: string; reason?: string }> {
  return (await scim('GET', `/Users/${id}`)).body[MODE_EXTENSION] ?? {};
}

async function push({ scim }: Bridge, email: string, more: object = {}): Promise<string> {
  const { status, body } = await scim('POST', '/Users', person(email, more));
  expect(status).toBe(201);
  return body['id'] as string;
}

const ready = (of: Bridge) =>
  eventually(async () => {
    expect(await capability(of, 'list_members')).toMatchObject({ state: 'available' });
  });

describe.each(engines)('on %s', (engine: EngineName) => {
  it('9: an admin role that the API cannot set is tried once, and becomes a task that closes itself', async () => {
    const mode = await simulated({ quirks: { membership_patch: 'refused' } });
    const database = await freshDatabase(engine);
    const first = await bridge(mode.mode, database);
    await ready(first);
    const jane = await push(first, 'jane@x.test', { roles: [{ value: 'admin' }] });
    await eventually(async () => {
      expect(await deliveryOf(first, jane)).toMatchObject({ delivery: 'blocked' });
    });
    const [task] = await tasksOf(first);
    expect(task).toMatchObject({
      action: 'make_admin',
      what: 'Make jane@x.test an admin of the workspace.',
      subject: { name: 'jane@x.test' },
      asked_by: 'default',
      link: `${mode.url}/organizations/acme/memberships/bbbbbbbbbbbb`,
    });
    expect((await deliveryOf(first, jane)).reason).toContain(task?.id);
    expect(await capability(first, 'set_admin')).toMatchObject({
      state: 'refused',
      route: 'task',
      answer: expect.stringContaining('404') as string,
    });
    const status = (await first.admin('GET', '/status')).body;
    expect(status).toMatchObject({ tasks: { open: 1, oldest: [{ id: task?.id }] } });

    // Nobody else is tried, not after a restart either.
    await push(first, 'second@x.test', { roles: [{ value: 'admin' }] });
    await first.app.close();
    closing.pop();
    const again = await bridge(mode.mode, database);
    await ready(again);
    const sam = await push(again, 'sam@x.test', { roles: [{ value: 'admin' }] });
    await eventually(async () => {
      expect((await tasksOf(again)).map((row) => row.subject.name)).toEqual(['jane@x.test', 'sam@x.test']);
    });
    await eventually(async () => {
      expect(await deliveryOf(again, sam)).toMatchObject({ delivery: 'blocked' });
    });
    expect(await mode.requests('PATCH', '/api/acme/memberships')).toHaveLength(1);

    // A person does it; the read that the next invite brings shows it.
    await mode.edit('promote', { email: 'jane@x.test' });
    await push(again, 'kim@x.test');
    await eventually(async () => {
      expect((await tasksOf(again)).map((row) => row.subject.name)).toEqual(['sam@x.test']);
      expect(await deliveryOf(again, jane)).toMatchObject({ delivery: 'verified' });
    });
    expect(await tasksOf(again, true)).toContainEqual(
      expect.objectContaining({ id: task?.id, closed_by: 'done' }),
    );
  });

  it('1: without a key that invites, an invite is a task, and done when a person has sent it', async () => {
    const mode = await simulated();
    const of = await bridge(alone(mode.mode), await freshDatabase(engine));
    await ready(of);
    const kim = await push(of, 'kim@x.test');
    await eventually(async () => {
      expect(await tasksOf(of)).toMatchObject([
        {
          action: 'invite',
          what: 'Invite kim@x.test to the workspace.',
          link: `${mode.url}/acme/invites/new`,
        },
      ]);
    });
    await eventually(async () => {
      const { reason = '' } = await deliveryOf(of, kim);
      expect(reason).toContain('unsupported for use with Api Keys');
      expect(reason).toContain('MODE_INVITER_KEY');
    });
    expect((await of.scim('GET', `/Users/${kim}`)).body['active']).toBe(true);
    // A second one is not even tried.
    await push(of, 'lee@x.test');
    await eventually(async () => {
      expect(await tasksOf(of)).toHaveLength(2);
    });
    expect(await mode.requests('POST', '/api/acme/invites')).toHaveLength(1);

    await mode.edit('invite', { email: 'kim@x.test' });
    const [task] = await tasksOf(of);
    expect((await of.admin('POST', `/tasks/${task?.id ?? ''}/close`)).status).toBe(204);
    await eventually(async () => {
      expect(await deliveryOf(of, kim)).toMatchObject({ delivery: 'verified' });
      expect((await tasksOf(of)).map((row) => row.subject.name)).toEqual(['lee@x.test']);
    });
  });

  it('5: a person who is still active after a removal is reported, and removed after a new probe', async () => {
    const mode = await simulated();
    const of = await bridge(mode.mode, await freshDatabase(engine));
    await ready(of);
    const jane = await push(of, 'jane@x.test');
    await control(mode.url, 'PATCH', 'settings', {
      faults: { status: 404, for_requests: 1, method: 'DELETE', path: '/api/acme/memberships' },
    });
    await of.scim('DELETE', `/Users/${jane}`);
    await eventually(async () => {
      expect(await tasksOf(of)).toMatchObject([
        { action: 'remove_member', why: expect.stringContaining('Still active') as string },
      ]);
    });
    expect(await capability(of, 'remove')).toMatchObject({ state: 'refused', route: 'task' });
    expect(await mode.memberOf('jane@x.test')).toMatchObject({ state: 'active' });

    const probed = (await of.admin('GET', '/workspaces/acme')).body['probed_at'];
    expect((await of.admin('POST', '/workspaces/acme/probe')).status).toBe(202);
    await eventually(async () => {
      expect(await mode.memberOf('jane@x.test')).toMatchObject({ state: 'banned' });
      expect(await tasksOf(of)).toEqual([]);
      expect(await capability(of, 'remove')).toMatchObject({ state: 'available' });
      expect((await of.admin('GET', '/workspaces/acme')).body['probed_at']).not.toBe(probed);
    });
  });

  it("20: members and groups of Mode's own SCIM are blocked with the reason and a warning, and never written", async () => {
    const seed = {
      members: [...SEED.members, { email: 'managed@x.test', managed_by_scim: true }],
      groups: [...SEED.groups, { name: 'Managed', managed: true, members: ['jane@x.test'] }],
    };
    const mode = await simulated({ scim_enabled: true, quirks: { membership_fields: 'documented' } }, seed);
    const of = await bridge(mode.mode, await freshDatabase(engine));
    await ready(of);
    await eventually(async () => {
      expect((await of.admin('GET', '/workspaces/acme')).body['warnings']).toEqual([
        expect.stringContaining("Mode's own SCIM is switched on") as string,
      ]);
    });
    const managed = await push(of, 'managed@x.test', { roles: [{ value: 'admin' }] });
    const group = await of.scim('POST', '/Groups', { displayName: 'Managed', members: [{ value: managed }] });
    await eventually(async () => {
      const told = await deliveryOf(of, managed);
      expect(told).toMatchObject({
        delivery: 'blocked',
        reason: expect.stringContaining("Mode's own SCIM") as string,
      });
      const { troubled } = (await of.admin('GET', '/status')).body as {
        troubled: { id: string; reason: string }[];
      };
      const row = troubled.find((subject) => subject.id === group.body['id']);
      expect(row?.reason).toContain("Mode's own SCIM");
    });
    await of.scim('DELETE', `/Users/${managed}`);
    await push(of, 'kim@x.test');
    await eventually(async () => {
      expect(await mode.memberOf('kim@x.test')).toMatchObject({ state: 'active' });
    });
    expect(await tasksOf(of)).toEqual([]);
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      expect(await mode.requests(method, '/api/acme/groups')).toEqual([]);
      expect(await mode.requests(method, '/api/acme/memberships')).toEqual([]);
    }
  });
});

describe('operators', () => {
  it('see no other workspace than that of their token', async () => {
    const mode = await simulated();
    const of = await bridge(mode.mode, await freshDatabase('sqlite'));
    expect((await of.admin('GET', '/workspaces/acme')).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/workspaces/other'],
      ['POST', '/workspaces/other/probe'],
      ['POST', '/tasks/nothing/close'],
    ] as const) {
      expect((await of.admin(method, path)).status).toBe(404);
    }
  });

  it('do the same by commands, beside the running bridge', async () => {
    const mode = await simulated({ quirks: { membership_patch: 'ignored' } });
    const database = await freshDatabase('sqlite');
    const of = await bridge(mode.mode, database);
    await ready(of);
    await push(of, 'jane@x.test', { roles: [{ value: 'admin' }] });
    await eventually(async () => {
      expect(await tasksOf(of)).toHaveLength(1);
    });
    const environment = { BRIDGE_DATABASE_URL: database };
    const [task] = await tasksOf(of);
    const listed = await run(['tasks', 'list'], environment);
    for (const text of [
      task?.id,
      'Make jane@x.test an admin',
      'did not make it',
      task?.link,
      'requested by default',
    ]) {
      expect(listed.stdout).toContain(text);
    }
    const status = await run(['status'], environment);
    expect(status.stdout).toMatch(/can +list_members +available through memberships\/lite/);
    expect(status.stdout).toMatch(/can +set_admin +refused, a person does it as a task/);
    expect(status.stdout).toMatch(/credential +main key: accepted, scope workspace/);
    expect(status.stdout).toContain(task?.id);

    // Whoever closes a task that is not done is not asked again, and the delivery goes on saying why.
    expect((await run(['tasks', 'close', task?.id ?? ''], environment)).code).toBe(0);
    expect((await run(['tasks', 'close', task?.id ?? ''], environment)).code).toBe(2);
    await eventually(async () => {
      const { troubled } = (await of.admin('GET', '/status')).body as { troubled: { reason: string }[] };
      expect(troubled[0]?.reason).toContain('closed by hand');
    });
    expect(await tasksOf(of)).toEqual([]);

    // Mode changes its mind.
    await mode.set({ quirks: { membership_patch: 'admin' } });
    expect((await run(['probe'], environment)).stdout).toContain('acme');
    await eventually(async () => {
      expect(await mode.memberOf('jane@x.test')).toMatchObject({ admin: true });
    });
  }, 90_000);
});

describe("Mode's own SCIM", () => {
  it('can do what the keys cannot (another bridge plays the endpoint, on the same workspace)', async () => {
    const mode = await simulated();
    const own = await bridge(mode.mode, await freshDatabase('sqlite'));
    await ready(own);
    const access = {
      ...alone(mode.mode),
      ownScim: { url: `${own.app.publicUrl}/scim/v2`, token: TOKENS.scim },
    };
    const of = await bridge(access, await freshDatabase('sqlite'));
    await ready(of);
    const kim = await push(of, 'kim@x.test', {
      name: { givenName: 'Kim', familyName: 'Roe' },
      roles: [{ value: 'admin' }],
    });
    await eventually(async () => {
      expect(await mode.memberOf('kim@x.test')).toMatchObject({ state: 'active', admin: true });
      expect(await deliveryOf(of, kim)).toMatchObject({ delivery: 'verified' });
    });
    expect(await tasksOf(of)).toEqual([]);
    expect(await capability(of, 'invite')).toMatchObject({ state: 'available', route: 'own SCIM' });
    expect(await capability(of, 'set_admin')).toMatchObject({ state: 'available', route: 'own SCIM' });
    const { credentials } = (await of.admin('GET', '/workspaces/acme')).body as { credentials: object[] };
    expect(credentials).toContainEqual(
      expect.objectContaining({ name: "token of Mode's own SCIM", state: 'accepted' }),
    );

    await of.scim('PATCH', `/Users/${kim}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    });
    await eventually(async () => {
      expect(await mode.memberOf('kim@x.test')).toMatchObject({ state: 'banned' });
    });
  });
});
