/**
 * Writes openapi/*.json from the routes and docs/bridge.schema.json from the keys of the configuration file, or with --check
 * says which of them are not up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiDocument } from '../src/admin/api-docs.ts';
import { createServers, SURFACES } from '../src/app/create-servers.ts';
import { systemClock } from '../src/clock.ts';
import { fileSchema } from '../src/config/file-schema.ts';
import { readConfig } from '../src/config/read-config.ts';
import { createLogger } from '../src/observability/logger.ts';
import { openStore } from '../src/store/open-store.ts';
import { systemRandom } from '../src/random.ts';

const check = process.argv.includes('--check');
const database = join(tmpdir(), `openapi-${process.pid}`, 'bridge.db');
const config = readConfig({ BRIDGE_DATABASE_URL: `sqlite:${database}`, LOG_LEVEL: 'silent' });
const store = openStore(config.server.databaseUrl);
const servers = createServers({
  random: systemRandom,
  config,
  clock: systemClock,
  log: createLogger('silent'),
  store,
  stopping: new AbortController().signal,
});
await Promise.all([servers.public.ready(), servers.admin.ready()]);

const documents: (readonly [path: string, document: object])[] = [
  ...SURFACES.map((surface) => {
    const server = surface.name === 'admin' ? servers.admin : servers.public;
    return [`openapi/${surface.name}.json`, apiDocument(server, surface)] as const;
  }),
  ['docs/bridge.schema.json', fileSchema],
];
const stale: string[] = [];
for (const [path, document] of documents) {
  const file = new URL(`../${path}`, import.meta.url);
  const text = `${JSON.stringify(document, undefined, 2)}\n`;
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) stale.push(path);
}
await Promise.all([servers.public.close(), servers.admin.close()]);
await store.close();

if (stale.length > 0) {
  console.error(`Not up to date: ${stale.join(', ')}. Run "npm run openapi" and commit the result.`);
  process.exitCode = 1;
}
