/** What the servers say about several workspaces. */
import { expect, it, onTestFinished } from 'vitest';
import { createServers } from '../../src/app/create-servers.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { freshStore } from '../stores.ts';
import { systemRandom } from '../../src/random.ts';

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
