/** Writes openapi/*.json from the routes, or with --check says which of them are not up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiDocument } from '../src/admin/api-docs.ts';
import { createServers, SURFACES } from '../src/app/create-servers.ts';
import { systemClock } from '../src/clock.ts';
import { readConfig } from '../src/config/read-config.ts';
import { createLogger } from '../src/observability/logger.ts';
import { openStore } from '../src/store/open-store.ts';

const check = process.argv.includes('--check');
const database = join(tmpdir(), `openapi-${process.pid}`, 'bridge.db');
const config = readConfig({ BRIDGE_DATABASE_URL: `sqlite:${database}`, LOG_LEVEL: 'silent' });
const store = openStore(config.databaseUrl);
const mode = { baseUrl: 'http://127.0.0.1:1', workspace: 'acme', key: { token: '', secret: '' } };
const servers = createServers({
  config,
  mode,
  clock: systemClock,
  log: createLogger('silent'),
  store,
  stopping: new AbortController().signal,
});
await Promise.all([servers.public.ready(), servers.admin.ready()]);

const stale: string[] = [];
for (const surface of SURFACES) {
  const { name } = surface;
  const file = new URL(`${name}.json`, import.meta.url);
  const text = `${JSON.stringify(apiDocument(name === 'admin' ? servers.admin : servers.public, surface), undefined, 2)}\n`;
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) stale.push(`openapi/${name}.json`);
}
await Promise.all([servers.public.close(), servers.admin.close()]);
await store.close();

if (stale.length > 0) {
  console.error(`Not up to date: ${stale.join(', ')}. Run "npm run openapi" and commit the result.`);
  process.exitCode = 1;
}
