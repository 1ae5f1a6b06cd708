/** The commands that ask, and those that take long, on a real terminal. */
import { beforeEach, expect, it } from 'vitest';
import { DRAWN_AGAIN, readable, runInTerminal } from '../cli/in-terminal.ts';
import { run } from '../cli/run-here.ts';
import { person } from './client.ts';
import { eventually } from './eventually.ts';
import { readModeState } from './mode-state.ts';
import { openRealStage, type RealBridge } from './real-stage.ts';

const QUESTION = /Type yes: /;
const [CTRL_C, CTRL_D] = ['\u0003', '\u0004'];

let sandbox: string;
let settings: Record<string, string>;
let bridge: RealBridge;

beforeEach(async () => {
  const people = ['boss@acme.example', 'jane@example.com'].map((email, index) => ({
    email,
    admin: index === 0,
  }));
  const stage = await openRealStage({
    profile: 'documented',
    sandbox: { auto_accept_seconds: -1 },
    mode: { members: people },
  });
  ({ sandbox, settings } = stage);
  bridge = await stage.boot();
  await eventually(async () => {
    expect((await run(['plan', '--json'], settings)).code).toBe(0);
  });
  await run(['pause'], settings);
  await bridge.scim('POST', '/Users', person('new@example.com'));
});

async function stateNow(): Promise<unknown> {
  const { stdout } = await run(['plan', '--json'], settings);
  return (JSON.parse(stdout) as { state: string }).state;
}

it('resume shows the plan and asks, and does nothing without a yes', { timeout: 180_000 }, async () => {
  for (const [type, left] of [
    ['no\r', /Nothing was done: the connection default of acme is paused\.\n$/],
    ['\r', /Nothing was done/],
    [CTRL_D, /Nothing was done/],
    [CTRL_C, /Nothing was done/],
  ] as const) {
    const { code, text } = await runInTerminal(['resume'], settings, [{ after: QUESTION, type }]);
    expect([JSON.stringify(type), readable(text)]).toEqual([
      JSON.stringify(type),
      expect.stringMatching(/^What going live would do: [^]*Invited \(1\)[^]*new@example\.com/),
    ]);
    expect([type, readable(text)]).toEqual([type, expect.stringMatching(left)]);
    expect([type, code]).toEqual([type, 0]);
    expect(await stateNow()).toBe('paused');
  }
  const { code, text } = await runInTerminal(['resume'], settings, [{ after: QUESTION, type: 'Yes\r' }]);
  expect([code, readable(text)]).toEqual([
    0,
    expect.stringMatching(/The connection default of acme is live\.\n$/),
  ]);
  await eventually(async () => {
    expect((await readModeState(sandbox)).members.map(({ email }) => email)).toContain('new@example.com');
  });
});

it(
  'what takes long shows how far it is on a terminal, and leaves only the result there',
  { timeout: 120_000 },
  async () => {
    const { code, text } = await runInTerminal(['plan'], settings);
    const drawn = text.split(DRAWN_AGAIN);
    expect(drawn).toContainEqual(expect.stringMatching(/^reading +\[#+\.*\] \d+ of \d+$/));
    expect(drawn).toContainEqual(expect.stringMatching(/^people +\[#+\.*\] \d+ of \d+$/));
    expect([code, readable(text)]).toEqual([0, expect.stringMatching(/^What going live would do: /)]);
    expect(readable(text)).not.toMatch(/\[#+/);
    // Where nobody watches there is nothing of it.
    expect((await run(['plan'], settings)).stderr).toBe('');
  },
);

it(
  'go-live --json says in one document what was done, or what is another plan now',
  { timeout: 120_000 },
  async () => {
    const stale = (await run(['plan', '--json'], settings)).stdout;
    const { id } = JSON.parse(stale) as { id: string };
    const { scim } = bridge;
    await scim('POST', '/Users', person('late@example.com'));
    const refused = await run(['go-live', '--plan-id', id, '--json'], settings);
    const changed = JSON.parse(refused.stdout) as { plan_id: string };
    expect([refused.code, changed]).toEqual([
      2,
      expect.objectContaining({
        live: false,
        added: [expect.objectContaining({ name: 'late@example.com' })],
        removed: [],
      }),
    ]);
    const { code, text } = await runInTerminal(['go-live', '--plan-id', changed.plan_id, '--json'], settings);
    expect([code, JSON.parse(readable(text))]).toEqual([0, { live: true, plan_id: changed.plan_id }]);
    expect(await stateNow()).toBe('live');
  },
);
