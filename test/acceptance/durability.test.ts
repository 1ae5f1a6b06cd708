import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../databases.ts';
import { bootBridge, bootSandbox, TOKENS, type Running } from './boot.ts';
import { client, person } from './client.ts';
import { eventually } from './eventually.ts';
import { control, readModeState } from './mode-state.ts';

const ADMIN = { email: 'admin@acme.example', state: 'active', admin: true };

/** Real processes and real time; the stories say the same of every kind of Mode. */
describe.each(engines)('what was acknowledged is not lost, on %s', (engine) => {
  let sandbox: Awaited<ReturnType<typeof bootSandbox>>;
  let settings: Record<string, string>;
  let bridge: Running | undefined;

  beforeEach(async () => {
    sandbox = await bootSandbox();
    settings = { ...sandbox.settings, BRIDGE_DATABASE_URL: await freshDatabase(engine) };
  });
  afterEach(async () => {
    await bridge?.stop();
    await sandbox.running.stop();
  });

  async function boot() {
    bridge = await bootBridge(settings);
    return { running: bridge, scim: client(bridge.told('SCIM Base URL'), TOKENS.scim) };
  }

  const members = (...emails: string[]) => [
    ADMIN,
    ...emails.map((email) => ({ email, state: 'active', admin: false })),
  ];

  it('a bridge killed right after each 201 gets there after a restart, without a second invite', async () => {
    const first = await boot();
    const jane = await first.scim('POST', '/Users', person('jane@example.com'));
    await first.running.kill();
    expect(jane.status).toBe(201);

    const second = await boot();
    const team = { displayName: 'Team', members: [{ value: jane.body['id'] }] };
    const group = await second.scim('POST', '/Groups', team);
    await second.running.kill();
    expect(group.status).toBe(201);

    await boot();
    const wanted = {
      members: members('jane@example.com'),
      groups: [{ name: 'Team', members: ['jane@example.com'] }],
    };
    await eventually(async () => {
      expect(await readModeState(sandbox.url)).toEqual(wanted);
    });
    const { invites } = (await control(sandbox.url, 'GET', 'state')) as { invites: object[] };
    expect(invites).toEqual([{ email: 'jane@example.com', state: 'accepted', count: 1 }]);
  }, 120_000);

  it('while Mode answers 503 the IdP gets its answer at once, and Mode gets there afterwards', async () => {
    const { scim } = await boot();
    await control(sandbox.url, 'PATCH', 'settings', { faults: { status: 503, for_requests: 20 } });
    const jane = await scim('POST', '/Users', person('jane@example.com', { role: 'admin' }));
    expect(jane.status).toBe(201);
    const group = await scim('POST', '/Groups', {
      displayName: 'Team',
      members: [{ value: jane.body['id'] }],
    });
    expect(group.status).toBe(201);
    await eventually(async () => {
      expect(await readModeState(sandbox.url)).toEqual({
        members: [ADMIN, { email: 'jane@example.com', state: 'active', admin: true }],
        groups: [{ name: 'Team', members: ['jane@example.com'] }],
      });
    });
  }, 120_000);

  it('a 429 with Retry-After is waited for, and nothing is lost', async () => {
    const { scim } = await boot();
    await control(sandbox.url, 'PATCH', 'settings', {
      faults: { status: 429, for_requests: 2, retry_after: 1 },
    });
    expect((await scim('POST', '/Users', person('jane@example.com'))).status).toBe(201);
    await eventually(async () => {
      expect((await readModeState(sandbox.url)).members).toEqual(members('jane@example.com'));
    });
  }, 120_000);

  it('a Mode that is down at the start does not keep the bridge from serving, and status says why', async () => {
    await control(sandbox.url, 'PATCH', 'settings', { faults: { status: 500, for_requests: 1_000_000 } });
    const { running, scim } = await boot();
    expect((await scim('POST', '/Users', person('jane@example.com'))).status).toBe(201);
    const admin = client(running.told('Admin URL'), TOKENS.admin);
    await eventually(async () => {
      const status = await admin('GET', '/admin/api/status');
      expect((status.body['mode'] as Record<string, unknown>)['reason']).toContain('500');
      expect(status.body['jobs']).toMatchObject({ waiting: 1 });
    });
    await control(sandbox.url, 'PATCH', 'settings', { faults: [] });
    await eventually(async () => {
      expect((await readModeState(sandbox.url)).members).toEqual(members('jane@example.com'));
    });
  }, 120_000);

  it('fifty PATCHes at once at one group lose nobody', async () => {
    await control(sandbox.url, 'PATCH', 'settings', { auto_accept_seconds: 0 });
    const { scim } = await boot();
    const emails = Array.from(
      { length: 50 },
      (_, index) => `user${String(index).padStart(2, '0')}@example.com`,
    );
    const people = await Promise.all(emails.map((email) => scim('POST', '/Users', person(email))));
    const { body } = await scim('POST', '/Groups', { displayName: 'Everybody' });
    const path = `/Groups/${String(body['id'])}`;
    const answers = await Promise.all(
      people.map(({ body: { id } }) =>
        scim('PATCH', path, { Operations: [{ op: 'add', path: 'members', value: [{ value: id }] }] }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([204]));
    const group = await scim('GET', path);
    expect((group.body['members'] as { display: string }[]).map((member) => member.display).sort()).toEqual(
      emails,
    );
    await eventually(async () => {
      expect((await readModeState(sandbox.url)).groups).toEqual([{ name: 'Everybody', members: emails }]);
    });
  }, 120_000);

  it('ends cleanly when asked to', async () => {
    const { running } = await boot();
    expect(await running.stop()).toBe(0);
  });
});
