/** A connection is tried in shadow, its plan is looked at, and it goes live with that plan, from outside. */
import { beforeEach, expect, it } from 'vitest';
import { run } from '../cli/run-here.ts';
import { client, person, type Call } from './client.ts';
import { eventually } from './eventually.ts';
import { control, readModeState } from './mode-state.ts';
import { openRealStage, type RealStage } from './real-stage.ts';

const MODE = {
  members: [
    { email: 'boss@acme.example', state: 'active', admin: true },
    { email: 'jane@example.com', state: 'active', admin: false },
    { email: 'sam@example.com', state: 'active', admin: false },
    { email: 'visitor@example.com', state: 'active', admin: false },
  ],
  groups: [{ name: 'Team', members: ['jane@example.com', 'sam@example.com'] }],
};
const PLACE = ['--connection', 'okta'];

interface Plan {
  readonly id: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly operations: readonly {
    readonly kind: string;
    readonly name: string;
    readonly group: string | null;
    readonly after: string | null;
    readonly why: string;
  }[];
  readonly calls: number;
  readonly seconds: number;
  readonly unmatched: readonly string[];
  readonly unread_groups: readonly string[];
}

let stage: RealStage;
let settings: Record<string, string>;
let admin: Call;
let scim: Call;

beforeEach(async () => {
  stage = await openRealStage({ profile: 'documented', sandbox: { auto_accept_seconds: -1 }, mode: MODE });
  ({ settings } = stage);
  const bridge = await stage.boot();
  ({ admin } = bridge);
  await run(['connections', 'add', 'okta', '--state', 'shadow'], settings);
  const { stdout } = await run(['tokens', 'create', 'scim', ...PLACE], settings);
  const token = /^token +(\S+)$/m.exec(stdout)?.[1];
  scim = client(bridge.told('SCIM Base URL'), token);
  const jane = await scim('POST', '/Users', person('jane@example.com'));
  const newcomer = await scim('POST', '/Users', person('new@example.com', { roles: ['admin'] }));
  await scim('POST', '/Users', person('sam@example.com', { active: false }));
  const members = [jane, newcomer].map(({ body }) => ({ value: body['id'] }));
  await scim('POST', '/Groups', { displayName: 'Team', members });
  await scim('POST', '/Groups', { displayName: 'Data', members });
});

/** As soon as Mode was read, also the members of its groups. */
async function shownPlan(): Promise<Plan> {
  const shown = { text: '' };
  await eventually(async () => {
    const { code, stdout } = await run(['plan', '--json', ...PLACE], settings);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Plan).unread_groups).toEqual([]);
    shown.text = stdout;
  });
  return JSON.parse(shown.text) as Plan;
}

async function acceptAll(): Promise<void> {
  await control(stage.sandbox, 'POST', 'accept-invites');
  await admin('POST', '/admin/api/workspaces/acme/sync');
}

it('shows what going live does, by name, changes nothing, and does that', async () => {
  const plan = await shownPlan();
  const told = plan.operations.map(({ kind, name, group, after }) => [kind, name, group, after].join('|'));
  expect(told).toEqual([
    'remove|sam@example.com||',
    'set_role|new@example.com||invite accepted',
    'invite|new@example.com||',
    'adopt|Team||',
    'adopt|jane@example.com||',
    'create_group|Data||',
    'add_member|jane@example.com|Data|',
    'add_member|new@example.com|Data|invite accepted',
    'add_member|new@example.com|Team|invite accepted',
  ]);
  expect(plan.counts).toMatchObject({
    remove: 1,
    invite: 1,
    set_role: 1,
    adopt: 2,
    add_member: 3,
    blocked: 0,
  });
  expect([plan.calls, plan.seconds]).toEqual([7, 1]);
  expect(plan.unmatched).toEqual(['boss@acme.example', 'visitor@example.com']);
  expect(plan.operations.every(({ why }) => why !== '')).toBe(true);

  const text = await run(['plan', ...PLACE], settings);
  expect(text.stdout).toMatch(
    /Removed from the workspace \(1\)\nname .*\nsam@example\.com .*deactivated or deleted/,
  );
  expect(text.stdout).toContain(`go-live --workspace acme --connection okta --plan-id ${plan.id}`);
  const csv = await run(['plan', '--csv', ...PLACE], settings);
  expect(csv.stdout.split('\n')[1]).toMatch(/^remove,,user,[^,]+,sam@example\.com,,member,,,/);
  const served = await admin('GET', '/admin/api/connections/okta/plan');
  expect(served.body).toMatchObject({
    id: plan.id,
    counts: plan.counts,
    connection: 'okta',
    state: 'shadow',
  });
  const unchanged = await readModeState(stage.sandbox);
  expect(unchanged).toEqual(MODE);

  const late = await scim('POST', '/Users', person('late@example.com'));
  expect(late.status).toBe(201);
  const refused = await run(['go-live', '--plan-id', plan.id, ...PLACE], settings);
  expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining('late@example.com')]);
  expect(refused.stderr).toContain('nothing was done');
  const problem = await admin('POST', '/admin/api/connections/okta/go-live', { plan_id: plan.id });
  expect([problem.status, problem.headers.get('content-type')]).toEqual([
    409,
    expect.stringContaining('problem'),
  ]);
  expect(problem.body).toMatchObject({ added: [{ kind: 'invite', name: 'late@example.com' }], removed: [] });
  expect(await readModeState(stage.sandbox)).toEqual(MODE);

  const id = String(problem.body['plan_id']);
  const live = await run(['go-live', '--plan-id', id, ...PLACE], settings);
  expect([live.code, live.stdout]).toEqual([0, 'The connection okta of acme is live.\n']);
  await eventually(async () => {
    await acceptAll();
    const { members, groups } = await readModeState(stage.sandbox);
    expect(members.map(({ email }) => email)).toEqual([
      'boss@acme.example',
      'jane@example.com',
      'late@example.com',
      'new@example.com',
      'visitor@example.com',
    ]);
    expect(groups).toEqual([
      { name: 'Data', members: ['jane@example.com', 'new@example.com'] },
      { name: 'Team', members: ['jane@example.com', 'new@example.com'] },
    ]);
  });
  // The documented API makes nobody an admin: that became a task.
  await eventually(async () => {
    const { counts } = await shownPlan();
    expect(Object.entries(counts).filter(([, count]) => count > 0)).toEqual([['task', 1]]);
  });
});

it('is paused, and resumed after a look at the plan', async () => {
  const { id } = await shownPlan();
  await run(['go-live', '--plan-id', id, ...PLACE], settings);
  const paused = await run(['pause', ...PLACE], settings);
  expect([paused.code, paused.stdout]).toEqual([0, 'The connection okta of acme is paused.\n']);
  await scim('POST', '/Users', person('late@example.com'));

  const unasked = await run(['resume', ...PLACE], settings);
  expect([unasked.code, unasked.stdout]).toEqual([2, '']);
  expect(unasked.stderr).toContain('--plan-id');
  const stale = await run(['connections', 'resume', 'okta', '--plan-id', id], settings);
  expect(stale.code).toBe(2);
  expect((await admin('GET', '/admin/api/connections/okta/plan')).body).toMatchObject({ state: 'paused' });

  const resumed = await run(['connections', 'resume', 'okta', '--yes'], settings);
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(resumed.stdout).toMatch(/Invited \(\d\)[^]*late@example\.com[^]*is live\.\n$/);
  await eventually(async () => {
    const { members } = await readModeState(stage.sandbox);
    expect(members.map(({ email }) => email)).toContain('late@example.com');
  });
  const unknown = await run(['go-live', '--plan-id', 'nonsense', ...PLACE], settings);
  expect([unknown.code, unknown.stdout]).toEqual([0, 'The connection okta of acme is live already.\n']);
});

it('takes no wrong arguments, and no id of a plan that nobody was shown', async () => {
  await shownPlan();
  for (const [args, text] of [
    [['plan', '--json', '--csv', ...PLACE], '--json and --csv'],
    [['plan', '--connection', 'none'], 'no connection "none"'],
    [['go-live', ...PLACE], '--plan-id'],
    [['go-live', '--plan-id', 'nonsense', ...PLACE], 'No plan nonsense is kept'],
  ] as const) {
    const { code, stdout, stderr } = await run(args, settings);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(text)]);
  }
  expect((await readModeState(stage.sandbox)).members).toEqual(MODE.members);
});
