/** What both servers have in common, and what they say about several workspaces. */
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { createServers } from '../../src/app/create-servers.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { defaultConnection } from '../access.ts';
import { freshStore } from '../stores.ts';
import { systemRandom } from '../../src/random.ts';

it('a compressed body is rejected with 415 and advice, on both servers', async () => {
  const store = await freshStore('sqlite');
  const { id: connectionId } = await defaultConnection(store);
  const tokenOf = async (kind: 'scim' | 'admin') => {
    const place = { workspace: 'acme', connectionId: kind === 'scim' ? connectionId : null, kind };
    return (await createToken(store.access, systemClock, { ...place, label: 'x' })).text;
  };
  const servers = createServers({
    random: systemRandom,
    config: readConfig({}),
    store,
    clock: systemClock,
    log: createLogger('silent'),
    stopping: new AbortController().signal,
  });
  onTestFinished(async () => {
    await Promise.all([servers.public.close(), servers.admin.close()]);
    await servers.flush();
  });
  const send = async (server: 'public' | 'admin', url: string, encoding: string) =>
    servers[server].inject({
      method: 'POST',
      url,
      headers: {
        host: 'localhost',
        authorization: `Bearer ${await tokenOf(server === 'public' ? 'scim' : 'admin')}`,
        'content-type': 'application/json',
        'content-encoding': encoding,
      },
      payload: encoding === 'gzip' ? gzipSync('{"userName":"jane@x.test"}') : '{"userName":"jane@x.test"}',
    });
  const advice = expect.stringContaining('Send the body without compression.') as string;
  const scim = await send('public', '/scim/v2/Users', 'gzip');
  expect([scim.statusCode, scim.json()]).toEqual([
    415,
    { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '415', detail: advice },
  ]);
  const admin = await send('admin', '/admin/api/workspaces/acme/sync', 'gzip');
  expect([admin.statusCode, admin.json()]).toEqual([
    415,
    expect.objectContaining({ code: 'unsupported_media_type', detail: advice }),
  ]);
  expect((await send('public', '/scim/v2/Users', 'identity')).statusCode).toBe(201);
});

it('readiness and metrics name the workspace that they are about', async () => {
  const config = readConfig({});
  const workspaces = ['acme', 'globex'].flatMap((slug) =>
    config.workspaces.map((workspace) => ({ ...workspace, slug })),
  );
  const calls = (count: number) => ({
    count: () => undefined,
    all: () => [{ method: 'GET', route: '/x', status: '200', count }],
  });
  const servers = createServers({
    random: systemRandom,
    config: { ...config, workspaces },
    store: await freshStore('sqlite'),
    clock: systemClock,
    log: createLogger('silent'),
    served: new Map([
      ['acme', { calls: calls(1), trouble: () => undefined }],
      ['globex', { calls: calls(2), trouble: () => 'The worker ended.' }],
    ]),
    stopping: new AbortController().signal,
  });
  onTestFinished(async () => {
    await Promise.all([servers.public.close(), servers.admin.close()]);
    await servers.flush();
  });
  const ready = await servers.public.inject('/readyz');
  expect(ready.statusCode).toBe(503);
  expect(ready.json()).toEqual({
    status: 'not ready',
    reasons: ['Workspace "globex": The worker ended.'],
  });
  const { body } = await servers.admin.inject({ url: '/metrics', headers: { host: 'localhost' } });
  expect(body).toContain('bridge_mode_calls_total{workspace="acme",method="GET",route="/x",status="200"} 1');
  expect(body).toContain(
    'bridge_mode_calls_total{workspace="globex",method="GET",route="/x",status="200"} 2',
  );
  for (const slug of ['acme', 'globex']) {
    expect(body).toContain(`bridge_mode_failing{workspace="${slug}"} 0`);
    expect(body).toContain(`bridge_jobs{workspace="${slug}",state="waiting"} 0`);
  }
});
