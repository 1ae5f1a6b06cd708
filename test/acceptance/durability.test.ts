import { describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { person } from './client.ts';
import { eventually } from './eventually.ts';
import { control, readModeState } from './mode-state.ts';
import { openRealStage } from './real-stage.ts';

const ADMIN = { email: 'admin@acme.example', state: 'active', admin: true };

const members = (...emails: string[]) => [
  ADMIN,
  ...emails.map((email) => ({ email, state: 'active', admin: false })),
];

/** Real processes and real time; the stories say the same of every kind of Mode. */
describe.each(engines)('acknowledged writes are not lost, on %s', (engine) => {
  it('a bridge that is killed right after each 201 finishes after a restart, without a second invite', async () => {
    const stage = await openRealStage({ engine });
    const first = await stage.boot();
    const jane = await first.scim('POST', '/Users', person('jane@example.com'));
    await first.kill();
    expect(jane.status).toBe(201);

    const second = await stage.boot();
    const team = { displayName: 'Team', members: [{ value: jane.body['id'] }] };
    const group = await second.scim('POST', '/Groups', team);
    await second.kill();
    expect(group.status).toBe(201);

    await stage.boot();
    const wanted = {
      members: members('jane@example.com'),
      groups: [{ name: 'Team', members: ['jane@example.com'] }],
    };
    await eventually(async () => {
      expect(await readModeState(stage.sandbox)).toEqual(wanted);
    });
    const { invites } = (await control(stage.sandbox, 'GET', 'state')) as { invites: object[] };
    expect(invites).toEqual([{ email: 'jane@example.com', state: 'accepted', count: 1 }]);
  }, 120_000);

  // One bridge for all that Mode does to it: what one fault leaves behind must not matter to the next.
  it('a Mode that is down, answers 503 or 429, or works again: the IdP is answered at once, and Mode gets there', async () => {
    const stage = await openRealStage({ engine });
    const fault = (faults: object) => control(stage.sandbox, 'PATCH', 'settings', { faults });
    const isInMode = (...emails: string[]) =>
      eventually(async () => {
        expect((await readModeState(stage.sandbox)).members).toEqual(
          expect.arrayContaining(members(...emails)),
        );
      });

    // Down at the start: the bridge serves all the same, and status says why.
    await fault({ status: 500, for_requests: 1_000_000 });
    const { scim, admin, stop } = await stage.boot();
    expect((await scim('POST', '/Users', person('early@example.com'))).status).toBe(201);
    await eventually(async () => {
      const status = await admin('GET', '/admin/api/status');
      expect((status.body['mode'] as Record<string, unknown>)['reason']).toContain('500');
      expect(status.body['jobs']).toMatchObject({ waiting: 1 });
    });
    await fault([]);
    await isInMode('early@example.com');

    await fault({ status: 503, for_requests: 20 });
    const jane = await scim('POST', '/Users', person('jane@example.com', { role: 'admin' }));
    expect(jane.status).toBe(201);
    const team = { displayName: 'Team', members: [{ value: jane.body['id'] }] };
    expect((await scim('POST', '/Groups', team)).status).toBe(201);
    await eventually(async () => {
      const state = await readModeState(stage.sandbox);
      expect(state.members).toContainEqual({ email: 'jane@example.com', state: 'active', admin: true });
      expect(state.groups).toEqual([{ name: 'Team', members: ['jane@example.com'] }]);
    });

    // A 429 with Retry-After is waited for.
    await fault({ status: 429, for_requests: 2, retry_after: 1 });
    expect((await scim('POST', '/Users', person('late@example.com'))).status).toBe(201);
    await isInMode('early@example.com', 'late@example.com');
    expect((await readModeState(stage.sandbox)).members).toHaveLength(4);

    // It ends cleanly when asked to.
    expect(await stop()).toBe(0);
  }, 180_000);

  it('fifty PATCHes at once at one group lose nobody', async () => {
    const stage = await openRealStage({ engine, sandbox: { auto_accept_seconds: 0 } });
    const { scim } = await stage.boot();
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
      expect((await readModeState(stage.sandbox)).groups).toEqual([{ name: 'Everybody', members: emails }]);
    });
  }, 120_000);
});
