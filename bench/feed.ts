/**
 * npm run bench:feed: how fast the feed is read, what it costs in memory, and that neither changes nor writers pay for
 * the size of the workspace. `--quick` takes a tenth of the data, `--engine postgres` that engine, `--json FILE` writes
 * the rows.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FEED_FORMATS } from '../src/feed/formats.ts';
import { fillObserved } from './fill-observed.ts';
import { fillStore } from './fill-store.ts';
import { databaseOf } from './options.ts';
import { FEED_TOKEN, personOf, TOKEN, type Scale } from './scale.ts';
import { startFilledBridge } from './servers/bridge.ts';
import { residentMegabytes } from './servers/program.ts';
import { meets, median } from './table.ts';

interface Row {
  readonly work: string;
  readonly measured: number;
  readonly unit: string;
  /** e.g. `<= 300`; null: told for comparison. */
  readonly bound: string | null;
  readonly met: boolean | null;
}

const WATCH_MS = 50;
const CHANGED = 100;
const READS = 5;
const ROUNDS = 60;
/** Rounds before what is measured: the smaller bridge has done nothing yet, the larger one a lot. */
const WARM_UP = 40;
const WRITES = 400;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    engine: { type: 'string', default: 'sqlite' },
  },
});
const { engine } = values;
if (engine !== 'sqlite' && engine !== 'postgres') throw new Error('--engine is sqlite or postgres');

/** Everybody is in ten groups, whatever the size. */
const scaleOf = (users: number): Scale => ({
  users,
  groups: Array.from({ length: users / 100 }, () => 1_000),
});

const large = values.quick ? 10_000 : 100_000;
const small = await measure(scaleOf(large / 10), false);
const full = await measure(scaleOf(large), true);
const rows: readonly Row[] = [
  ...full.rows,
  row('changes of 100 people', small.changesMs, 'ms at a tenth of the data', null),
  row('changes of 100 people', full.changesMs, 'ms', null),
  row('changes at ten times the data', full.changesMs / small.changesMs, 'x', '<= 1.5'),
];
for (const { work, measured, unit, bound, met } of rows) {
  const shown = `${measured >= 100 ? Math.round(measured).toLocaleString('en') : measured.toPrecision(3)} ${unit}`;
  console.log(
    `${work.padEnd(58)} ${shown.padStart(36)}  ${(bound ?? '').padEnd(10)} ${met === null ? '' : met ? 'yes' : 'NO'}`,
  );
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ rows }, undefined, 2)}\n`);
if (rows.some((one) => one.met === false)) process.exitCode = 1;

function row(work: string, measured: number, unit: string, bound: string | null): Row {
  // The bounds are those of the default engine.
  const binds = bound !== null && engine === 'sqlite';
  return { work, measured, unit, bound, met: binds ? meets(measured, bound) : null };
}

async function measure(scale: Scale, all: boolean): Promise<{ rows: Row[]; changesMs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-feed-'));
  const database = await databaseOf(engine as 'sqlite' | 'postgres');
  const url = database.url ?? `sqlite:${join(folder, 'bridge.db')}`;
  await fillStore(url, scale);
  await fillObserved(url, scale);
  const bridge = await startFilledBridge(url);
  const base = `${new URL(bridge.url).origin}/feed/v1`;
  const headers = { authorization: `Bearer ${FEED_TOKEN}`, 'accept-encoding': 'identity' };
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, residentMegabytes(bridge.processId))), WATCH_MS);
  const read = async (path: string) => {
    const start = performance.now();
    const response = await fetch(base + path, { headers });
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    let lines = 0;
    for await (const chunk of response.body ?? []) {
      const bytes = chunk as Uint8Array;
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
    }
    return { lines, ms: performance.now() - start };
  };
  try {
    const found: Row[] = [];
    if (all) {
      const copy = await read('/roles');
      found.push(row('the first read: a copy of the state is made', copy.ms, 'ms', null));
      const reads = [];
      for (let round = 0; round < READS; round += 1) reads.push(await read('/export/ndjson'));
      const [lines, ms] = [reads[0]?.lines ?? 0, median(reads.map((one) => one.ms))];
      found.push(
        row(
          `NDJSON of everything, ${lines.toLocaleString('en')} rows`,
          (lines / ms) * 1_000,
          'rows/s',
          '>= 200000',
        ),
      );
      found.push(row('memory held at most, the copy included', peak, 'MB', '<= 300'));
      for (const name of ['csv', 'c1z', 'oaa'].filter((one) =>
        FEED_FORMATS.some((format) => format.name === one),
      )) {
        const export_ = await read(`/export/${name}`);
        found.push(row(`${name} of everything`, export_.ms / 1_000, 's', name === 'c1z' ? '<= 60' : null));
      }
      found.push(...(await stalledReader(bridge.url, base, bridge.processId)));
    }
    return { rows: found, changesMs: await changes(bridge.url, base) };
  } finally {
    clearInterval(watch);
    await bridge.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Who asks for everything and takes nothing: how much the bridge holds for them, and what writers feel of it. */
async function stalledReader(scim: string, base: string, processId: number): Promise<Row[]> {
  await writeMs(scim, 'warm-up');
  const before = await writeMs(scim, 'before');
  const memory = residentMegabytes(processId);
  const { hostname, port } = new URL(base);
  const sockets = Array.from({ length: 4 }, () => connect({ host: hostname, port: Number(port) }));
  for (const socket of sockets) {
    socket.write(
      `GET /feed/v1/export/ndjson HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${FEED_TOKEN}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('readable', resolve));
  }
  const beside = await writeMs(scim, 'beside');
  const held = residentMegabytes(processId) - memory;
  for (const socket of sockets) socket.destroy();
  return [
    row('memory held for four readers that stall', Math.max(0, held), 'MB', '<= 64'),
    row('a write beside them', beside / before, 'x one without', '<= 1.5'),
  ];
}

/** How long the creation of a person takes, in the middle. */
async function writeMs(scim: string, name: string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < WRITES; index += 1) {
    const body = JSON.stringify({ ...personOf(index), userName: `${name}.${index}@example.org`, emails: [] });
    const start = performance.now();
    const response = await fetch(`${scim}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' },
      body,
    });
    await response.text();
    if (response.status !== 201) throw new Error(`A person could not be made: ${response.status}`);
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Changes of so many people, read again and again. */
async function changes(scim: string, base: string): Promise<number> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' };
  const reader = { headers: { authorization: `Bearer ${FEED_TOKEN}` } };
  const ask = async (path: string) =>
    (await (await fetch(base + path, reader)).json()) as Record<string, unknown>;
  const { position } = await ask('/roles');
  for (let index = 0; index < CHANGED; index += 1) {
    const response = await fetch(`${scim}/Users/user-${index * 7}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ Operations: [{ op: 'replace', path: 'title', value: `Analyst ${index}` }] }),
    });
    if (!response.ok) throw new Error(`A person could not be changed: ${response.status}`);
  }
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const start = performance.now();
    const told = await ask(`/changes?after=${String(position)}&limit=1000&wait=0`);
    times.push(performance.now() - start);
    const accounts = told['accounts'] as unknown[];
    if (accounts.length < CHANGED) throw new Error(`${accounts.length} of ${CHANGED} people were told.`);
  }
  return median(times.slice(WARM_UP));
}
