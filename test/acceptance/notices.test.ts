/** Notices from outside: a webhook that fails at first gets the notice, signed, once it works, and again when all is decided. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../cli/run-here.ts';
import { person } from './client.ts';
import { eventually } from './eventually.ts';
import { openRealStage, type RealStage } from './real-stage.ts';

const KEY = Buffer.alloc(32, 7);
const PEOPLE = Array.from({ length: 6 }, (_none, index) => `p${String(index)}@example.com`);

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let stage: RealStage;
let settings: Record<string, string>;
let receiver: Server;
let status = 500;
let got: Got[] = [];

beforeEach(async () => {
  [status, got] = [500, []];
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(status).end(status === 200 ? 'ok' : 'later');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  stage = await openRealStage({
    profile: 'documented',
    mode: { members: [{ email: 'boss@acme.example', admin: true }, ...PEOPLE.map((email) => ({ email }))] },
    settings: {
      BRIDGE_BREAKER_COUNT: '1',
      BRIDGE_NOTIFY_URL: `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook?key=hidden`,
      BRIDGE_NOTIFY_SECRET: `whsec_${KEY.toString('base64')}`,
      BRIDGE_NOTIFY_ALLOW_PRIVATE: 'true',
    },
  });
  ({ settings } = stage);
});
afterEach(() => {
  receiver.closeAllConnections();
  receiver.close();
});

/** As the documentation of Standard Webhooks says, without anything of the bridge. */
function read({ headers, body }: Got): { id: string; type: string; text: string; data: object } {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
  expect(Math.abs(Date.now() / 1_000 - Number(at))).toBeLessThan(300);
  const expected = createHmac('sha256', KEY)
    .update(`${String(id)}.${String(at)}.${body}`)
    .digest('base64');
  expect(signature).toBe(`v1,${expected}`);
  return { id: String(id), ...(JSON.parse(body) as { type: string; text: string; data: object }) };
}

it('held removals are one notice, sent until the webhook takes it, and another when all are decided', async () => {
  const bridge = await stage.boot();
  const { scim, admin } = bridge;
  const ids: string[] = [];
  for (const email of PEOPLE) ids.push(String((await scim('POST', '/Users', person(email))).body['id']));
  await eventually(async () => {
    expect((await admin('GET', '/admin/api/status')).body['deliveries']).toMatchObject({
      verified: PEOPLE.length,
    });
  });
  for (const id of ids) {
    const patch = { Operations: [{ op: 'replace', path: 'active', value: false }] };
    expect((await scim('PATCH', `/Users/${id}`, patch)).status).toBe(200);
  }
  const ofHolds = () => got.map(read).filter(({ type }) => type.startsWith('holds.'));
  await eventually(() => {
    expect(ofHolds().length).toBeGreaterThan(1);
    return Promise.resolve();
  });
  status = 200;
  await eventually(async () => {
    const { body } = await admin('GET', '/admin/api/notices');
    expect(body['notices']).toContainEqual(
      expect.objectContaining({ type: 'holds.opened', state: 'delivered', answer: '200 ok' }),
    );
  });
  expect(new Set(ofHolds().map(({ id }) => id)).size).toBe(1);
  expect(ofHolds()[0]).toMatchObject({
    text: expect.stringMatching(/^5 removals of the connection default are held: p\d@/) as string,
    data: { workspace: 'acme', connection: 'default', held: 5 },
  });

  expect((await run(['holds', 'reject', '--all'], settings)).code).toBe(0);
  await eventually(() => {
    expect(ofHolds().at(-1)).toMatchObject({ type: 'holds.over' });
    return Promise.resolve();
  });
  expect(bridge.stderr()).toContain('removals of the connection default are held');
  expect(bridge.stdout() + bridge.stderr()).not.toContain('hidden');

  expect(await run(['notices', 'test'], settings)).toMatchObject({
    code: 0,
    stdout: 'The webhook accepted the test: 200 ok\n',
  });
  status = 410;
  const failed = await run(['notices', 'test'], settings);
  expect([failed.code, failed.stderr]).toEqual([1, 'The webhook did not accept the test: 410 later\n']);
  expect((await run(['notices', 'list'], settings)).stdout).toMatch(/holds\.over +delivered/);
  const refused = await run(['notices', 'test'], { ...settings, BRIDGE_NOTIFY_ALLOW_PRIVATE: 'false' });
  expect(refused.stderr).toContain('Set BRIDGE_NOTIFY_ALLOW_PRIVATE=true');
  const half = without(settings, 'BRIDGE_NOTIFY_SECRET');
  expect(await run(['notices', 'list'], half)).toMatchObject({ code: 2, stdout: '' });
  const neither = without(half, 'BRIDGE_NOTIFY_URL');
  expect((await run(['notices', 'test'], neither)).stderr).toContain('There is no webhook.');
}, 90_000);

function without(all: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
}
