/**
 * What the gate costs: the processor time of a POST or PATCH and of all that it causes until Mode has it, on a bridge with
 * everything on that watches over removals and tells people (breaker, protected people, limits, notices, an audit log with
 * signed checkpoints), and on one with as little of it as can be. Each has a simulated Mode of its own, where everything
 * works at once. How many requests are answered in a second would tell less: it depends on what the rest of the bridge does
 * at that moment.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drive, type Work } from './load.ts';
import { startSlowMode, type SlowMode } from './mode/slow-mode.ts';
import { databaseOf, type Options } from './options.ts';
import { personOf, TOKEN } from './scale.ts';
import { startFilledBridge } from './servers/bridge.ts';
import { processorMs } from './servers/program.ts';
import { meets, median, type Row } from './table.ts';

const CONNECTIONS = 16;
const PEOPLE = 200;
const GROUPS = 100;
/** More than the bridge can use. */
const MODE = { latencyMs: 0, perSecond: 100_000 };
/** Without a call for this long, the bridge has done all that it can. */
const QUIET_MS = 1_500;
const TARGET = '<= 1.05';

const LITTLE = { BRIDGE_BREAKER_COUNT: '1000000', BRIDGE_BREAKER_PERCENT: '100' };

type Name = 'POST /Users' | 'PATCH one member';

interface Measured {
  readonly mode: SlowMode;
  readonly url: string;
  readonly processId: number;
  /** Without the requests that were sent before. */
  readonly works: Readonly<Record<Name, (sent: number) => Work>>;
}

function everything(webhookUrl: string): Readonly<Record<string, string>> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    BRIDGE_BREAKER_COUNT: '5',
    BRIDGE_BREAKER_PERCENT: '10',
    BRIDGE_PROTECTED: Array.from({ length: 50 }, (_none, index) => personOf(index).userName).join(','),
    BRIDGE_ALLOWED_DOMAINS: 'example.com,example.org',
    BRIDGE_MAX_MEMBERS: '1000000',
    BRIDGE_NOTIFY_URL: webhookUrl,
    BRIDGE_NOTIFY_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    BRIDGE_NOTIFY_ALLOW_PRIVATE: 'true',
    BRIDGE_AUDIT_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

export async function gateCost({ engine, quick }: Options): Promise<readonly Row[]> {
  const requests = quick ? 500 : 2_000;
  const rounds = quick ? 3 : 7;
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'));
  const webhook = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const { port } = webhook.address() as AddressInfo;
  const opened: { stop(): Promise<void> }[] = [];
  const open = async (name: string, settings: Readonly<Record<string, string>>): Promise<Measured> => {
    const mode = await startSlowMode(MODE);
    opened.push(mode);
    const database = await databaseOf(engine);
    opened.push({ stop: database.drop });
    const key = { MODE_API_KEY: 'sandbox', MODE_API_SECRET: 'sandbox', MODE_REQUESTS_PER_SECOND: '1000' };
    const ofMode = { MODE_BASE_URL: mode.url, MODE_WORKSPACE: 'acme', ...key };
    const url = database.url ?? `sqlite:${join(folder, `${name}.db`)}`;
    const bridge = await startFilledBridge(url, { ...ofMode, ...settings });
    opened.push(bridge);
    const works = { 'POST /Users': createPerson, 'PATCH one member': await addMember(bridge.url) };
    return { ...bridge, mode, works };
  };
  try {
    const all = await open('all', everything(`http://127.0.0.1:${port}/`));
    const little = await open('little', LITTLE);
    const rows: Row[] = [];
    for (const work of ['POST /Users', 'PATCH one member'] as const) {
      const spent: Record<'all' | 'little', number[]> = { all: [], little: [] };
      for (let round = -1; round < rounds; round += 1) {
        const sent = (round + 1) * requests;
        // What the machine does besides does not always meet the same one first.
        for (const name of round % 2 === 0 ? (['all', 'little'] as const) : (['little', 'all'] as const)) {
          const milliseconds = await cost(name === 'all' ? all : little, work, sent, requests);
          if (round >= 0) spent[name].push(milliseconds);
        }
      }
      const ratio = median(spent.all) / median(spent.little);
      rows.push({
        work: `${work} until Mode has it, everything on`,
        bridge: median(spent.all),
        scimmy_routers: null,
        bare_fastify: null,
        unit: 'ms',
        ratio,
        target: `${TARGET} x the processor time with everything off`,
        met: engine === 'sqlite' ? meets(ratio, TARGET) : null,
      });
    }
    return rows;
  } finally {
    for (const each of opened.toReversed()) await each.stop();
    webhook.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the processor time of one request and of what it causes, in milliseconds */
async function cost(measured: Measured, work: Name, sent: number, requests: number): Promise<number> {
  const { mode, url, processId, works } = measured;
  const before = processorMs(processId);
  await drive(url, works[work](sent), { connections: CONNECTIONS, requests });
  for (let calls = -1, now = 0; calls !== now; now = (await mode.calls()).total) {
    calls = (await mode.calls()).total;
    await sleep(QUIET_MS);
  }
  return (processorMs(processId) - before) / requests;
}

function createPerson(sent: number): Work {
  const first = 5_000_000 + sent;
  return { method: 'POST', path: () => '/Users', body: (n) => personOf(first + n) };
}

/** Makes people and groups. @returns PATCHes that put one more of the people into one of the groups */
async function addMember(url: string): Promise<(sent: number) => Work> {
  const post = async (path: string, body: object): Promise<string> => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return ((await response.json()) as { id: string }).id;
  };
  const [people, groups]: [string[], string[]] = [[], []];
  for (let index = 0; index < PEOPLE; index += 1) people.push(await post('/Users', personOf(index)));
  for (let index = 0; index < GROUPS; index += 1)
    groups.push(await post('/Groups', { displayName: `Bench ${index}` }));
  return (sent) => ({
    method: 'PATCH',
    path: (n) => `/Groups/${groups[(sent + n) % GROUPS] ?? ''}`,
    body: (n) => {
      const value = people[Math.floor((sent + n) / GROUPS) % PEOPLE] ?? '';
      const operation = { op: 'add', path: 'members', value: [{ value }] };
      return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] };
    },
  });
}
