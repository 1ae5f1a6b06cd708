import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../databases.ts';
import { run } from '../cli/run-here.ts';
import { bootBridge, TOKENS, type Running } from './boot.ts';
import { eventually } from './eventually.ts';
import { client, person, type Call } from './client.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

describe('what everybody sees from outside', () => {
  let bridge: Running;
  let database: string;
  let scimBase: string;
  let feedBase: string;
  let adminBase: string;
  let scim: Call;
  let feed: Call;

  beforeAll(async () => {
    database = await freshDatabase('sqlite');
    bridge = await bootBridge({ BRIDGE_DATABASE_URL: database });
    scimBase = bridge.told('SCIM Base URL');
    feedBase = bridge.told('Feed URL');
    adminBase = bridge.told('Admin URL');
    scim = client(scimBase, TOKENS.scim);
    feed = client(feedBase, TOKENS.feed);
  });
  afterAll(async () => {
    await bridge.stop();
  });

  it.each([
    ['no token', undefined],
    ['a wrong token', 'wrong-token-wrong-token'],
    ['a token of another kind', TOKENS.admin],
  ])('with %s every SCIM address answers 401 with a SCIM error', async (_what, token) => {
    for (const path of ['/Users', '/Users/1', '/Groups', '/Schemas', '/ServiceProviderConfig', '/nothing']) {
      const answer = await client(scimBase, token)('GET', path);
      expect(answer.status, path).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(answer.body).toMatchObject({
        schemas: [ERROR],
        status: '401',
        detail: expect.any(String) as string,
      });
    }
  });

  it('with a token of another kind feed and admin answer 401', async () => {
    for (const token of [undefined, TOKENS.scim]) {
      expect((await client(feedBase, token)('GET', '/snapshot')).status).toBe(401);
      expect((await client(adminBase, token)('GET', '/admin/api/status')).status).toBe(401);
    }
  });

  it('a token without a scheme is a token', async () => {
    const response = await fetch(`${scimBase}/Users`, { headers: { authorization: TOKENS.scim } });
    expect(response.status).toBe(200);
  });

  it.each([
    ['malformed JSON', 'POST', '/Users', '{"userName":', 400, 'invalidSyntax'],
    ['a body that is no object', 'POST', '/Users', '[]', 400, 'invalidSyntax'],
    ['no userName', 'POST', '/Users', '{"active":true}', 400, 'invalidValue'],
    ['a wrong type', 'POST', '/Users', '{"userName":"a","emails":5,"name":"x"}', 400, 'invalidValue'],
    [
      'active that is no boolean',
      'POST',
      '/Users',
      '{"userName":"a","active":"perhaps"}',
      400,
      'invalidValue',
    ],
    ['no displayName', 'POST', '/Groups', '{}', 400, 'invalidValue'],
    [
      'a member nobody knows',
      'POST',
      '/Groups',
      '{"displayName":"g","members":[{"value":"nobody"}]}',
      400,
      'invalidValue',
    ],
    ['a filter that cannot be read', 'GET', '/Users?filter=userName%20eq', undefined, 400, 'invalidFilter'],
    [
      'an operator that is not known',
      'GET',
      '/Users?filter=userName%20zz%20%22a%22',
      undefined,
      400,
      'invalidFilter',
    ],
    [
      'a body that is too large',
      'POST',
      '/Users',
      `{"userName":"${'a'.repeat(1024 * 1024)}"}`,
      413,
      undefined,
    ],
    ['an unknown id', 'GET', '/Users/00000000-0000-0000-0000-000000000000', undefined, 404, undefined],
    ['an unknown group', 'PATCH', '/Groups/1', '{"Operations":[]}', 404, undefined],
    ['an unknown address', 'GET', '/Nothing', undefined, 404, undefined],
    ['what is not supported', 'GET', '/Me', undefined, 501, undefined],
  ])(
    '%s: a SCIM error that names it, and nothing is changed',
    async (_what, method, path, body, status, scimType) => {
      const before = await feed('GET', '/snapshot');
      const answer = await scim(method, path, body);
      expect(answer.status).toBe(status);
      expect(answer.body['schemas']).toEqual([ERROR]);
      expect(answer.body['status']).toBe(String(status));
      expect(answer.body['scimType']).toBe(scimType);
      expect(answer.body['detail']).toBeTypeOf('string');
      expect((await feed('GET', '/snapshot')).body['accounts']).toEqual(before.body['accounts']);
    },
  );

  it('a media type that is not JSON is 415, and a DELETE with a media type and no body works', async () => {
    const headers = { authorization: `Bearer ${TOKENS.scim}`, 'content-type': 'text/xml' };
    const refused = await fetch(`${scimBase}/Users`, { method: 'POST', headers, body: '<a/>' });
    expect(refused.status).toBe(415);
    const gone = await fetch(`${scimBase}/Users/none`, { method: 'DELETE', headers });
    expect(gone.status).toBe(404);
  });

  it('discovery is there as lists and one by one', async () => {
    for (const path of ['/ServiceProviderConfig', '/ResourceTypes/User', '/ResourceTypes/Group']) {
      expect((await scim('GET', path)).status, path).toBe(200);
    }
    const { body } = await scim('GET', '/Schemas');
    expect(body['totalResults']).toBe(7);
    for (const { id } of body['Resources'] as { id: string }[]) {
      expect((await scim('GET', `/Schemas/${id}`)).body['id']).toBe(id);
    }
    expect((await scim('GET', '/ResourceTypes')).body['Resources']).toHaveLength(4);
  });

  it('a created resource has an ETag and a Location', async () => {
    const made = await scim('POST', '/Users', person('etag@example.com'));
    expect(made.headers.get('etag')).toBe('W/"1"');
    expect(made.headers.get('location')).toBe(`${scimBase}/Users/${String(made.body['id'])}`);
    expect(made.headers.get('content-type')).toContain('application/scim+json');
  });

  it.each([
    ['?startIndex=0&count=1', 1, 1],
    ['?startindex=1&count=100000', 1, undefined],
    ['?count=0', 1, 0],
    ['?count=-1', 1, 0],
    ['/?startIndex=1&', 1, undefined],
    ['?aadOptscim062020&unknown=1', 1, undefined],
  ])('the list %s is answered', async (query, startIndex, length) => {
    const { status, body } = await scim('GET', `/Users${query}`);
    expect(status).toBe(200);
    expect(body['startIndex']).toBe(startIndex);
    expect(body['totalResults']).toBeTypeOf('number');
    expect(body['itemsPerPage']).toBe((body['Resources'] as unknown[]).length);
    if (length !== undefined) expect(body['Resources']).toHaveLength(length);
  });

  it('the feed cannot be written, and HEAD works', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect((await feed(method, '/snapshot', {})).status, method).toBe(405);
    }
    expect((await feed('HEAD', '/snapshot')).status).toBe(200);
    expect((await feed('HEAD', '/changes')).status).toBe(200);
  });

  /** Waits for the next person who is created, past whatever else happens meanwhile. */
  async function createdSince(position: string): Promise<string> {
    for (let after = position; ;) {
      const { body } = await feed('GET', `/changes?after=${after}&wait=20`);
      const changes = body['changes'] as { kind: string; subject: { id: string } }[];
      const created = changes.find((change) => change.kind === 'user.created');
      if (created !== undefined) return created.subject.id;
      after = String(body['next']);
    }
  }

  it('the cursor returns every change once and in order, and waits for the next one', async () => {
    const told: string[] = [];
    let after = '0';
    for (let more = true; more;) {
      const { body } = await feed('GET', `/changes?after=${after}&limit=3&wait=0`);
      told.push(...(body['changes'] as { position: string }[]).map((change) => change.position));
      after = String(body['next']);
      more = body['more'] === true;
    }
    expect(told).toEqual([...new Set(told)].sort((a, b) => Number(a) - Number(b)));
    const waiting = createdSince(after);
    const { body } = await scim('POST', '/Users', person('awaited@example.com'));
    expect(await waiting).toBe(body['id']);
  });

  it.each([
    ['nonsense', 400, 'invalid_value'],
    ['-1', 400, 'invalid_value'],
    ['999999999', 410, 'cursor_expired'],
  ])('the cursor %s is refused with a code', async (cursor, status, code) => {
    const answer = await feed('GET', `/changes?after=${cursor}&wait=0`);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body['code']).toBe(code);
  });

  it('both ports report their health, and the admin port has metrics and documents', async () => {
    for (const base of [new URL(scimBase).origin, adminBase]) {
      expect((await fetch(`${base}/healthz`)).status).toBe(200);
      expect((await fetch(`${base}/readyz`)).status).toBe(200);
    }
    expect(await (await fetch(`${adminBase}/metrics`)).text()).toContain(
      'bridge_jobs{workspace="acme",state="waiting"}',
    );
    expect((await fetch(`${adminBase}/docs`)).status).toBe(200);
    expect(
      Object.keys(
        (await client(adminBase, undefined)('GET', '/docs/openapi/feed.json')).body['paths'] as object,
      ),
    ).toContain('/feed/v1/snapshot');
  });

  it('the log has a line for each request, and no token, address, query or body in it', async () => {
    await scim('GET', '/Users?filter=userName%20eq%20%22very-secret@example.com%22');
    await scim('POST', '/Users', person('also-secret@example.com'));
    await fetch(`${new URL(scimBase).origin}/elsewhere?filter=very-secret@example.com`);
    await fetch(`${adminBase}/elsewhere?filter=very-secret@example.com`);
    const log = bridge.stderr();
    const lines = log.split('\n').filter((line) => line.includes('"msg":"request"'));
    expect(lines.length).toBeGreaterThan(20);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      method: expect.any(String) as string,
      reqId: expect.any(String) as string,
    });
    for (const secret of ['secret@example.com', 'filter', ...Object.values(TOKENS)])
      expect(log).not.toContain(secret);
  });

  it('tokens are made, listed without themselves, used and revoked by commands', async () => {
    const environment = { BRIDGE_DATABASE_URL: database };
    const created = await run(
      ['tokens', 'create', 'scim', '--label', 'second', '--expires', '90d'],
      environment,
    );
    expect(created.code).toBe(0);
    const token = /token\s+(\S+)/.exec(created.stdout)?.[1] ?? '';
    const id = /id\s+(\S+)/.exec(created.stdout)?.[1] ?? '';
    expect((await client(scimBase, token)('GET', '/Users')).status).toBe(200);
    const listed = await run(['tokens', 'list'], environment);
    expect(listed.stdout).toMatch(new RegExp(`${id} .*valid until ....-..-..T.* second`));
    expect(listed.stdout).not.toContain(token);
    expect((await run(['tokens', 'revoke', id], environment)).code).toBe(0);
    // A running bridge looks a token up once a second.
    await eventually(async () => {
      expect((await client(scimBase, token)('GET', '/Users')).status).toBe(401);
    });
    expect((await run(['tokens', 'revoke', id], environment)).code).toBe(2);
  });

  it('status, migrate and help print their results', async () => {
    const environment = { BRIDGE_DATABASE_URL: database };
    expect((await run(['status'], environment)).stdout).toContain('workspace   acme');
    expect((await run(['migrate'], environment)).stdout).toContain('up to date');
    for (const command of [
      [],
      ['serve'],
      ['sandbox'],
      ['check-config'],
      ['migrate'],
      ['status'],
      ['tokens'],
      ['tokens', 'create'],
      ['tasks', 'list'],
      ['tasks', 'close'],
      ['probe'],
    ]) {
      const { code, stdout } = await run([...command, '--help'], {});
      expect(code).toBe(0);
      expect(stdout).toContain('Usage:');
    }
  });

  it('check-config masks secrets, reads them from files, and reports all problems at once', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'bridge-secret-')), 'token');
    writeFileSync(file, 'a-token-from-a-file-0001\n');
    const fine = await run(['check-config'], {
      BRIDGE_SCIM_TOKEN_FILE: file,
      BRIDGE_DATABASE_URL: 'postgres://bridge:pass-word@db/bridge',
      BATON_MODE_WORKSPACE: 'acme',
      BATON_MODE_API_KEY: 'key-of-mode',
      BATON_MODE_API_SECRET: 'secret-of-mode',
    });
    expect(fine.code).toBe(0);
    expect(fine.stdout).toContain('BRIDGE_SCIM_TOKEN_FILE');
    for (const secret of ['a-token-from-a-file', 'pass-word', 'key-of-mode', 'secret-of-mode']) {
      expect(fine.stdout).not.toContain(secret);
    }
    const wrong = await run(['check-config'], {
      BRIDGE_PORT: 'x',
      BRIDGE_SCIM_TOKEN: 'with a space',
      MODE_WORKSPACE: 'acme',
      MODE_SCIM_URL: 'https://mode.test/scim/v2',
    });
    expect(wrong.code).toBe(2);
    const names = ['BRIDGE_PORT', 'BRIDGE_SCIM_TOKEN', 'MODE_API_KEY', 'MODE_API_SECRET', 'MODE_SCIM_TOKEN'];
    for (const name of names) {
      expect(wrong.stderr).toContain(name);
    }
    expect(wrong.stderr).not.toContain('with a space');
  });
});
