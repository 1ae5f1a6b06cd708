/**
 * npm run bench:mode: what a first push costs on Mode's side, and what a full read costs when nothing changed. Mode is
 * the simulated one, a program of its own that takes its time and limits the rate. `--quick` is a tenth, `--json FILE`
 * writes the rows.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bridgeAt, type Bridge } from './mode/bridge.ts';
import { measureMemory } from './mode/memory.ts';
import { push, type Scale } from './mode/push.ts';
import { startSlowMode, type SlowMode } from './mode/slow-mode.ts';
import { printCosts, type Cost } from './mode/costs.ts';

const LATENCY_MS = 50;
const PER_SECOND = 50;
const PAGE = 30;
const LOOK_MS = 500;
/** Far longer than the work may take. */
const PATIENCE = 3;

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const scale: Scale = values.quick
  ? { users: 500, groups: 20, membersOfEach: 250 }
  : { users: 5_000, groups: 200, membersOfEach: 250 };

const writes = scale.users + scale.groups + scale.groups * scale.membersOfEach;
/** The group that everybody is in is listed too. */
const groupPages = Math.ceil((scale.groups + 1) / PAGE);
/** The record of the workspace and the list of members are one call each. */
const fullSync = 2 + groupPages + scale.groups;

const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'));
const mode = await startSlowMode({ latencyMs: LATENCY_MS, perSecond: PER_SECOND });
const bridge = await bridgeAt(mode, join(folder, 'bridge.db'), PER_SECOND);
const rows: Cost[] = [];
try {
  await bridge.synced();
  await mode.forgetCalls();
  const memory = measureMemory(bridge.processId);
  const startedAt = performance.now();
  const deadline = startedAt + (PATIENCE * writes * 1_000) / PER_SECOND;
  await push(bridge.url, scale);
  await untilVerified(bridge, deadline);
  const seconds = (performance.now() - startedAt) / 1_000;
  const held = memory.stop();
  await assertPushed(mode);
  const pushed = await mode.calls();
  const most = Math.floor(1.02 * writes) + fullSync;
  rows.push(
    row(
      `calls of a first push: ${scale.users} users, ${scale.groups} groups, ${scale.groups * scale.membersOfEach} memberships`,
      pushed.total,
      most,
      'calls',
    ),
    row(
      `its wall clock, at ${PER_SECOND} calls/s of ${LATENCY_MS} ms`,
      seconds,
      (1.1 * pushed.total) / PER_SECOND,
      's',
    ),
    row('memory at the end of it, of that in its first half', held.late / held.early, 1.25, 'x'),
  );

  await settle(bridge, mode);
  await mode.forgetCalls();
  await bridge.syncNow();
  const { reads, writes: written } = await mode.calls();
  rows.push(
    row('writes of a full read with nothing changed', written, 0, 'calls'),
    row('reads of it', reads, 2 + groupPages, 'calls'),
  );
} finally {
  await bridge.stop();
  await mode.stop();
  rmSync(folder, { recursive: true, force: true });
}
printCosts(rows);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ rows }, undefined, 2)}\n`);
if (rows.some((cost) => !cost.met)) process.exitCode = 1;

function row(work: string, measured: number, bound: number, unit: Cost['unit']): Cost {
  return { work, measured, bound, unit, met: measured <= bound };
}

/** Every user and every group was seen on Mode as the IdP wants it. */
async function untilVerified(of: Bridge, deadline: number): Promise<void> {
  for (;;) {
    const { jobs, deliveries } = await of.status();
    const left = jobs.waiting + jobs.verifying + jobs.parked;
    if (left === 0 && deliveries.verified === scale.users + scale.groups) return;
    if (performance.now() > deadline) {
      throw new Error(`Not done in time: ${JSON.stringify({ jobs, deliveries })}`);
    }
    await delay(LOOK_MS);
  }
}

/** The simulated Mode has everybody, and everybody is in their groups. */
async function assertPushed(of: SlowMode): Promise<void> {
  const { members, memberships } = await of.holds();
  if (members !== scale.users + 1 || memberships !== scale.groups * scale.membersOfEach) {
    throw new Error(`Mode has ${members} active members and ${memberships} memberships.`);
  }
}

/** Nothing of the push is left that a full read would see to. */
async function settle(of: Bridge, at: SlowMode): Promise<void> {
  await of.syncNow();
  let before = -1;
  for (let now = 0; before !== now; now = (await at.calls()).total) {
    before = now;
    await delay(2 * LOOK_MS);
  }
}
