/** A mistake in the IdP is undone from outside: the plan, its application, Mode, the history, and a plan that changed. */
import { beforeEach, expect, it } from 'vitest';
import { run } from '../cli/run-here.ts';
import { person, type Call } from './client.ts';
import { eventually } from './eventually.ts';
import { control, readModeState } from './mode-state.ts';
import { openRealStage } from './real-stage.ts';

const LONG_MS = 120_000;
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const PEOPLE = ['ana@example.com', 'bo@example.com', 'cy@example.com'];
const API = '/admin/api/connections/default/undo';

let sandbox: string;
let settings: Record<string, string>;
let admin: Call;
let scim: Call;
let ids: readonly string[];
let team: string;

beforeEach(async () => {
  const stage = await openRealStage({
    profile: 'documented',
    mode: { members: [{ email: 'boss@acme.example', admin: true }] },
  });
  ({ sandbox, settings } = stage);
  ({ admin, scim } = await stage.boot());
  const made = [];
  for (const email of PEOPLE) made.push(String((await scim('POST', '/Users', person(email))).body['id']));
  ids = made;
  const members = ids.map((value) => ({ value }));
  team = String((await scim('POST', '/Groups', { displayName: 'Team', members })).body['id']);
  await untilMode(PEOPLE, { Team: PEOPLE });
});

/** Everybody accepts; the groups without the built-in one. */
async function untilMode(
  people: readonly string[],
  groups: Record<string, readonly string[]>,
): Promise<void> {
  await eventually(async () => {
    await control(sandbox, 'POST', 'accept-invites', {});
    await admin('POST', '/admin/api/workspaces/acme/sync');
    const state = await readModeState(sandbox);
    expect({
      people: state.members
        .filter(({ state: is }) => is === 'active')
        .map(({ email }) => email)
        .sort(),
      groups: Object.fromEntries(
        state.groups
          .filter(({ name }) => name !== 'Everyone')
          .map(({ name, members }) => [name, [...members].sort()]),
      ),
    }).toEqual({ people: [...people, 'boss@acme.example'].sort(), groups });
  });
}

async function patch(path: string, operation: object): Promise<void> {
  const { status } = await scim('PATCH', path, { schemas: [PATCH], Operations: [operation] });
  expect(status).toBeLessThan(300);
}

/** The IdP empties the group, deactivates two people and pushes another group. @returns the time before it */
async function mistake(): Promise<string> {
  const from = new Date().toISOString();
  await patch(`/Groups/${team}`, { op: 'replace', path: 'members', value: [] });
  for (const id of ids.slice(0, 2)) await patch(`/Users/${id}`, { op: 'replace', value: { active: false } });
  await scim('POST', '/Groups', { displayName: 'Wrong', members: [{ value: ids[2] }] });
  await untilMode(PEOPLE.slice(2), { Team: [], Wrong: PEOPLE.slice(2) });
  return from;
}

it(
  'shows what an undo does and what it cannot, does exactly that, and explains it',
  async () => {
    const from = await mistake();
    const shown = await run(['undo', '--from', from], settings);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('What an undo would do: connection default of acme, live');
    expect(shown.stdout).toMatch(/Set back in the directory \(6\)/);
    expect(shown.stdout).toMatch(/in the workspace +ana@example\.com +no -> yes/);
    expect(shown.stdout).toMatch(/in the group +bo@example\.com +Team +no -> yes/);
    expect(shown.stdout).toMatch(/Groups deleted \(1\)\nname +why\nWrong/);
    expect(shown.stdout).toContain('The person is out of Mode, and must accept a new invite');
    expect(shown.stdout).toContain(`An operator undoes what was done in Mode from ${from} to`);
    expect(shown.stdout).toContain('    access: ana@example.com');
    expect(shown.stdout).toMatch(/^plan id {2}\w+$/m);

    const listed = await run(['undo', '--from', from, '--json'], settings);
    const plan = JSON.parse(listed.stdout) as { counts: object; not_undone: { code: string }[] };
    expect(plan.counts).toMatchObject({ invite: 2, add_member: 3, delete_group: 1, remove: 0 });
    expect(new Set(plan.not_undone.map(({ code }) => code))).toEqual(new Set(['must_accept']));
    await untilMode(PEOPLE.slice(2), { Team: [], Wrong: PEOPLE.slice(2) });

    // A read of Mode between the two may make another plan of it.
    let id = '';
    await eventually(async () => {
      const again = await run(['undo', '--from', from, '--json'], settings);
      ({ id } = JSON.parse(again.stdout) as { id: string });
      const applied = await run(['undo', '--plan-id', id], settings);
      expect([applied.code, applied.stdout]).toEqual([0, expect.stringContaining('6 values set back')]);
    });
    await untilMode(PEOPLE, { Team: PEOPLE });
    expect((await scim('GET', `/Users/${ids[0] ?? ''}`)).body).toMatchObject({ active: true });
    const explained = await run(['explain', 'ana@example.com'], settings);
    expect(explained.stdout).toContain(`An operator's undo (plan ${id}) activated the user.`);
    expect(explained.stdout).toContain(`An operator's undo (plan ${id}) put them into the group.`);

    // What the IdP states later wins as always.
    await patch(`/Users/${ids[0] ?? ''}`, { op: 'replace', value: { active: false } });
    await untilMode(PEOPLE.slice(1), { Team: PEOPLE.slice(1) });
  },
  LONG_MS,
);

it(
  'says through the API what changed since the plan was shown, and does nothing then',
  async () => {
    const from = await mistake();
    const to = new Date().toISOString();
    const { status, body } = await admin('POST', API, { from, to });
    expect(status).toBe(200);
    await patch(`/Users/${ids[0] ?? ''}`, { op: 'replace', value: { active: true } });
    const refused = await admin('POST', `${API}/apply`, { plan_id: body['id'] });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      restored_less: [{ what: 'access', name: 'ana@example.com', from: false, to: true }],
    });
    expect((await scim('GET', `/Users/${ids[1] ?? ''}`)).body).toMatchObject({ active: false });
    let newest = refused.body['plan_id'];
    await eventually(async () => {
      const again = await admin('POST', `${API}/apply`, { plan_id: newest });
      newest = again.body['plan_id'];
      expect(again.status).toBe(200);
      expect(again.body).toMatchObject({ restored: 5, left: [] });
    });
    await untilMode(PEOPLE, { Team: PEOPLE });
  },
  LONG_MS,
);

it(
  'takes back what is not done yet because the connection is paused: nothing of it is sent after that',
  async () => {
    const from = new Date().toISOString();
    expect((await run(['pause'], settings)).code).toBe(0);
    for (const id of ids) await patch(`/Users/${id}`, { op: 'replace', value: { active: false } });
    const wrong = await scim('POST', '/Groups', { displayName: 'Wrong', members: [{ value: ids[0] }] });
    expect(wrong.status).toBe(201);
    const shown = await run(['undo', '--from', from], settings);
    expect(shown.stdout).toMatch(/Set back in the directory \(4\)/);
    expect(shown.stdout).toMatch(/No longer done in Mode \(4\)/);
    expect(shown.stdout).not.toContain('Not undone');
    const plan = await run(['undo', '--from', from, '--json'], settings);
    const { id } = JSON.parse(plan.stdout) as { id: string };
    expect((await run(['undo', '--plan-id', id], settings)).code).toBe(0);
    expect((await admin('POST', '/admin/api/connections/default/resume')).status).toBe(200);
    await untilMode(PEOPLE, { Team: PEOPLE });
  },
  LONG_MS,
);

it('refuses times and plans that make no sense with one line, and changes nothing', async () => {
  const pushed = new Date().toISOString();
  for (const [args, text] of [
    [[], 'Give the times to show a plan'],
    [['--from', 'yesterday'], 'is not a time'],
    [['--from', '1h', '--plan-id', 'x'], 'The plan has its times'],
    [['--from', '0s', '--to', pushed], 'The first time is after the second one'],
    [['--from', '2020-01-01'], 'The change log begins at'],
    [['--plan-id', 'x'], 'No undo plan x is kept'],
    [['--from', '0s', '--connection', 'other'], 'other'],
  ] as const) {
    const { code, stderr } = await run(['undo', ...args], settings);
    expect([args, code]).toEqual([args, 2]);
    expect(stderr).toContain(text);
  }
  for (const [body, text] of [
    [{}, 'lacks "from"'],
    [{ from: '1h', until: '0s' }, 'unknown field "until": it may have from, to'],
    [{ from: 60 }, '"from" in the body must be string'],
  ] as const) {
    const refused = await admin('POST', API, body);
    expect([refused.status, refused.body['detail']]).toEqual([400, expect.stringContaining(text)]);
  }
  expect((await admin('POST', `${API}/apply`, { plan_id: 'x' })).status).toBe(404);
  expect((await admin('POST', '/admin/api/connections/other/undo', { from: '1h' })).status).toBe(404);
});
