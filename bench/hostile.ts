/** What a hostile client could try to keep the bridge busy with: processor time for one request of each kind. */
import { databaseOf, type Options } from './options.ts';
import { TOKEN } from './scale.ts';
import { startBridge } from './servers/bridge.ts';
import { processorMs } from './servers/program.ts';
import { meets, type Row } from './table.ts';

const LIMIT_MS = 100;
const REPEATS = 20;

interface Attempt {
  readonly work: string;
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_none, index) => make(index));
const keys = (count: number) => Object.fromEntries(many(count, (index) => [`a${index}`, 1]));

const ATTEMPTS: readonly Attempt[] = [
  {
    work: 'PUT with 60,000 attributes',
    method: 'PUT',
    url: '/Users/user-1',
    body: { userName: 'a', ...keys(60_000) },
  },
  {
    work: 'PATCH with 1,000 value paths',
    method: 'PATCH',
    url: '/Users/user-2',
    body: {
      Operations: many(1_000, (index) => ({
        op: 'add',
        path: `emails[value eq "${index}"].display`,
        value: 'x',
      })),
    },
  },
  {
    work: 'PATCH that adds 30,000 elements',
    method: 'PATCH',
    url: '/Users/user-3',
    body: {
      Operations: [{ op: 'add', path: 'emails', value: many(30_000, (index) => ({ value: `${index}` })) }],
    },
  },
  { work: 'a body of 1 MiB in lists', method: 'POST', url: '/Users', body: many(300_000, () => []) },
  {
    work: 'POST of a group with 20,000 unknown members',
    method: 'POST',
    url: '/Groups',
    body: { displayName: 'a', members: many(20_000, (index) => ({ value: `nobody-${index}` })) },
  },
  { work: 'a filter of brackets', method: 'GET', url: `/Users?filter=${'('.repeat(4_000)}` },
  {
    work: 'a filter of 32 comparisons of unindexed attributes',
    method: 'GET',
    url: `/Users?count=1&filter=${encodeURIComponent(many(32, (index) => `title co "x${index}"`).join(' or '))}`,
  },
  { work: 'attributes of brackets', method: 'GET', url: `/Users/user-1?attributes=${'['.repeat(4_000)}` },
];

export async function hostile({ engine }: Options): Promise<readonly Row[]> {
  const database = await databaseOf(engine);
  const bridge = await startBridge({ users: 1_000, groups: [10] }, database.url);
  try {
    const rows: Row[] = [];
    for (const { work, method, url, body } of ATTEMPTS) {
      const send = async () => {
        const response = await fetch(bridge.url + url, {
          method,
          headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        await response.text();
        if (response.status >= 500) throw new Error(`${work}: ${response.status}`);
      };
      await send();
      const before = processorMs(bridge.processId);
      for (let times = 0; times < REPEATS; times += 1) await send();
      const milliseconds = (processorMs(bridge.processId) - before) / REPEATS;
      rows.push({
        work,
        bridge: milliseconds,
        scimmy_routers: null,
        bare_fastify: null,
        unit: 'ms',
        ratio: milliseconds / LIMIT_MS,
        target: `<= 1 x ${LIMIT_MS} ms of processor time`,
        met: engine === 'sqlite' ? meets(milliseconds / LIMIT_MS, '<= 1') : null,
      });
    }
    return rows;
  } finally {
    await bridge.stop();
    await database.drop();
  }
}
