/**
 * What the gate costs: POST and PATCH on a bridge with everything on that watches over removals and tells people (breaker,
 * protected people, limits, notices, an audit log with signed checkpoints), and on one with as little of it as can be. Both
 * are in front of one simulated Mode, and are driven in turn.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drive, type Load, type Work } from './load.ts';
import { startSlowMode } from './mode/slow-mode.ts';
import { databaseOf, type Options } from './options.ts';
import { personOf, TOKEN } from './scale.ts';
import { startFilledBridge } from './servers/bridge.ts';
import { meets, median, type Row } from './table.ts';

const CONNECTIONS = 16;
const PEOPLE = 500;
/** Slow enough to take little of the processors. */
const MODE = { latencyMs: 50, perSecond: 10 };
const TARGET = '>= 0.95';

const LITTLE = { BRIDGE_BREAKER_COUNT: '1000000', BRIDGE_BREAKER_PERCENT: '100' };

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
  const load: Load = { connections: CONNECTIONS, seconds: quick ? 3 : 8 };
  const rounds = quick ? 3 : 5;
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'));
  const webhook = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const { port } = webhook.address() as AddressInfo;
  const mode = await startSlowMode(MODE);
  const opened: { stop(): Promise<void> }[] = [];
  const open = async (name: string, settings: Readonly<Record<string, string>>) => {
    const database = await databaseOf(engine);
    opened.push({ stop: database.drop });
    const key = { MODE_API_KEY: 'sandbox', MODE_API_SECRET: 'sandbox' };
    const ofMode = { MODE_BASE_URL: mode.url, MODE_WORKSPACE: 'acme', ...key };
    const url = database.url ?? `sqlite:${join(folder, `${name}.db`)}`;
    const bridge = await startFilledBridge(url, { ...ofMode, ...settings });
    opened.push(bridge);
    return { url: bridge.url, patch: await patchOf(bridge.url) };
  };
  try {
    const off = await open('off', LITTLE);
    const on = await open('on', everything(`http://127.0.0.1:${port}/`));
    const rows: Row[] = [];
    for (const work of ['POST /Users', 'PATCH one member'] as const) {
      const requestOf = ({ patch }: typeof on) => (work === 'POST /Users' ? create : patch);
      const [withAll, without]: [number[], number[]] = [[], []];
      for (const each of [on, off]) await drive(each.url, requestOf(each), load);
      for (let round = 0; round < rounds; round += 1) {
        withAll.push(await drive(on.url, requestOf(on), load));
        without.push(await drive(off.url, requestOf(off), load));
      }
      const ratio = median(withAll) / median(without);
      rows.push({
        work: `${work}, everything on`,
        bridge: median(withAll),
        scimmy_routers: null,
        bare_fastify: null,
        unit: 'requests/s',
        ratio,
        target: `${TARGET} x the same with everything off`,
        met: engine === 'sqlite' ? meets(ratio, TARGET) : null,
      });
    }
    return rows;
  } finally {
    for (const each of opened.toReversed()) await each.stop();
    await mode.stop();
    webhook.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

let created = 5_000_000;
const create: Work = {
  method: 'POST',
  path: () => '/Users',
  body: () => {
    created += 1;
    return personOf(created);
  },
};

/** Makes people and a group of them. @returns a PATCH that takes one out and puts them in again a little later */
async function patchOf(url: string): Promise<Work> {
  const post = async (path: string, body: object): Promise<string> => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return ((await response.json()) as { id: string }).id;
  };
  const ids: string[] = [];
  for (let index = 0; index < PEOPLE; index += 1) ids.push(await post('/Users', personOf(index)));
  const group = await post('/Groups', { displayName: 'Bench', members: ids.map((value) => ({ value })) });
  return {
    method: 'PATCH',
    path: () => `/Groups/${group}`,
    body: (n) => {
      const turn = Math.floor(n / CONNECTIONS);
      const value = ids[(Math.floor(turn / 2) * CONNECTIONS + (n % CONNECTIONS)) % PEOPLE] ?? '';
      const operation =
        turn % 2 === 0
          ? { op: 'remove', path: `members[value eq "${value}"]` }
          : { op: 'add', path: 'members', value: [{ value }] };
      return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] };
    },
  };
}
