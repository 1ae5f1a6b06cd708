/** A mass removal seen from outside: the IdP, the operators on the command line and the admin API, Mode, and the metrics. */
import { beforeEach, expect, it } from 'vitest';
import { run } from '../cli/run-here.ts';
import { person } from './client.ts';
import { eventually } from './eventually.ts';
import { readModeState } from './mode-state.ts';
import { openRealStage, type RealStage } from './real-stage.ts';

const PEOPLE = Array.from({ length: 10 }, (_none, index) => `p${String(index)}@example.com`);
const PROTECTED = PEOPLE[0] ?? '';
/** Of those who leave, this many go at once. */
const PASS = 2;

let stage: RealStage;
let settings: Record<string, string>;

beforeEach(async () => {
  stage = await openRealStage({
    profile: 'documented',
    mode: { members: [{ email: 'boss@acme.example', admin: true }, ...PEOPLE.map((email) => ({ email }))] },
    settings: { BRIDGE_BREAKER_COUNT: String(PASS), BRIDGE_PROTECTED: PROTECTED },
  });
  ({ settings } = stage);
});

async function activePeople(): Promise<readonly string[]> {
  const { members } = await readModeState(stage.sandbox);
  return members
    .filter(({ email, state }) => PEOPLE.includes(email) && state === 'active')
    .map(({ email }) => email);
}

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly code: string;
}

it('a mass removal by an IdP is held, also after a restart, until people decide', async () => {
  const first = await stage.boot();
  const ids: string[] = [];
  for (const email of PEOPLE)
    ids.push(String((await first.scim('POST', '/Users', person(email))).body['id']));
  await eventually(async () => {
    expect((await first.admin('GET', '/admin/api/status')).body['deliveries']).toMatchObject({
      verified: PEOPLE.length,
    });
  });
  for (const id of ids) {
    const patch = { Operations: [{ op: 'replace', path: 'active', value: false }] };
    expect((await first.scim('PATCH', `/Users/${id}`, patch)).status).toBe(200);
  }
  const held = PEOPLE.length - PASS;
  const heldNow = async (call: typeof first.admin) =>
    (await call('GET', '/admin/api/holds')).body['holds'] as readonly Shown[];
  await eventually(async () => {
    expect(await heldNow(first.admin)).toHaveLength(held);
    expect(await activePeople()).toHaveLength(held);
  });
  const metrics = await (await fetch(`${first.told('Admin URL')}/metrics`)).text();
  expect(metrics).toContain(`bridge_holds{workspace="acme",connection="default"} ${String(held)}`);

  await first.stop();
  const { admin, scim } = await stage.boot();
  await eventually(async () => {
    expect((await admin('GET', '/admin/api/workspaces/acme/sync')).body['last']).toMatchObject({
      failure: null,
    });
  });
  expect(await heldNow(admin)).toHaveLength(held);

  const list = await run(['holds', 'list'], settings);
  expect(list.stdout).toMatch(/^id\s+connection\s+operation\s+name\s+since\s+code\s+decision$/m);
  expect(list.stdout).toContain(
    'too_many_removals: There are more than 2 removals, and more than 10 %, within 60 minutes',
  );
  expect((await run(['status'], settings)).stdout).toContain(`holds       ${String(held)} wait`);
  const { holds } = JSON.parse((await run(['holds', 'list', '--json'], settings)).stdout) as {
    holds: readonly Shown[];
  };
  const [one, two] = holds.filter(({ code }) => code === 'too_many_removals');
  expect((await run(['holds', 'approve', one?.id ?? ''], settings)).code).toBe(0);
  expect((await run(['holds', 'reject', '--name', two?.name ?? ''], settings)).code).toBe(0);
  await eventually(async () => {
    expect(await activePeople()).toHaveLength(held - 1);
  });

  // A plan shows what was rejected apart.
  const shown = await run(['plan'], settings);
  expect(shown.stdout).toMatch(
    new RegExp(`Rejected: these stay as they are \\(1\\)\nstep .*\nremove +${two?.name ?? ''} `),
  );
  const csv = await run(['plan', '--csv'], settings);
  expect(csv.stdout).toMatch(new RegExp(`^rejected,remove,user,[^,]+,${two?.name ?? ''},,member,,,`, 'm'));
  const made = JSON.parse((await run(['plan', '--json'], settings)).stdout) as Record<string, unknown>;
  expect(made['counts']).toMatchObject({ rejected: 1 });

  // Bad arguments: one clear line, and nothing half-done.
  for (const [args, text] of [
    [['approve'], 'Name the holds'],
    [['approve', '--all', '--name', 'x'], 'Name the holds'],
    [['approve', 'nothing'], 'There is no hold with the id nothing'],
    [['reject', '--name', 'nobody@example.com'], 'Nothing is held for "nobody@example.com"'],
    [['approve', '--name', PROTECTED], 'cannot be approved'],
    [['approve', '--all', '--connection', 'none'], 'no connection "none"'],
  ] as const) {
    const refused = await run(['holds', ...args], settings);
    expect([args, refused.code, refused.stdout]).toEqual([args, 2, '']);
    expect(refused.stderr).toContain(text);
  }
  expect(await heldNow(admin)).toHaveLength(held - 1);

  const all = await run(['holds', 'approve', '--all', '--json'], settings);
  expect(JSON.parse(all.stdout)).toMatchObject({ decided: held - 3, kept: [{ name: PROTECTED }] });
  await eventually(async () => {
    expect((await activePeople()).toSorted()).toEqual([PROTECTED, two?.name ?? ''].toSorted());
  });
  const back = { Operations: [{ op: 'replace', path: 'active', value: true }] };
  for (const index of [0, PEOPLE.indexOf(two?.name ?? '')])
    await scim('PATCH', `/Users/${ids[index] ?? ''}`, back);
  await eventually(async () => {
    expect(await heldNow(admin)).toEqual([]);
  });
}, 120_000);
