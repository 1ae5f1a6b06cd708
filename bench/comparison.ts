/** The bridge, scimmy-routers and a bare Fastify route with 10,000 people, each driven with the same load in turn. */
import { drive, type Load, type Work } from './load.ts';
import { databaseOf, type Options } from './options.ts';
import { personOf, TOKEN, type Scale } from './scale.ts';
import { startBridge } from './servers/bridge.ts';
import { startProgram, type Program } from './servers/program.ts';
import { meets, median, type Row } from './table.ts';

const SCALE: Scale = { users: 10_000, groups: [10, 1_000, 10_000] };
const CONNECTIONS = 16;
const LISTENING = /listening (\S+)/;

interface Case {
  readonly work: string;
  readonly request: Work;
  readonly against: 'scimmy_routers' | 'bare_fastify';
  readonly target: string;
}

const read: Work = { method: 'GET', path: (n) => `/Users/user-${n % SCALE.users}` };
const lookup: Work = {
  method: 'GET',
  path: (n) => `/Users?filter=${encodeURIComponent(`userName eq "${personOf(n % SCALE.users).userName}"`)}`,
};
const create: Work = { method: 'POST', path: () => '/Users', body: () => personOf(1_000_000 + fresh()) };

let created = 0;
function fresh(): number {
  created += 1;
  return created;
}

/** Adds a person to the group in one request and takes them out in the next: each changes one membership. */
const member = (group: number): Work => ({
  method: 'PATCH',
  path: () => `/Groups/group-${group}`,
  body: (n) => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [memberOperation(n)],
  }),
});

function memberOperation(n: number) {
  const value = `user-${SCALE.users - 1 - ((Math.floor(n / CONNECTIONS / 2) * CONNECTIONS + (n % CONNECTIONS)) % 1_000)}`;
  return Math.floor(n / CONNECTIONS) % 2 === 0
    ? { op: 'remove', path: `members[value eq "${value}"]` }
    : { op: 'add', path: 'members', value: [{ value }] };
}

const CASES: readonly Case[] = [
  { work: 'GET /Users/{id}', request: read, against: 'scimmy_routers', target: '>= 5' },
  { work: 'GET /Users/{id}', request: read, against: 'bare_fastify', target: '>= 0.2' },
  { work: 'GET /Users?filter=userName eq', request: lookup, against: 'scimmy_routers', target: '>= 5' },
  { work: 'GET /Users?filter=userName eq', request: lookup, against: 'bare_fastify', target: '>= 0.2' },
  { work: 'POST /Users', request: create, against: 'scimmy_routers', target: '>= 4' },
  {
    work: 'PATCH one member, group of 10,000',
    request: member(2),
    against: 'scimmy_routers',
    target: '>= 100',
  },
];

export async function comparison({ engine, quick }: Options): Promise<readonly Row[]> {
  const load: Load = { connections: CONNECTIONS, seconds: quick ? 2 : 8 };
  const rounds = quick ? 1 : 3;
  const database = await databaseOf(engine);
  const bridge = await startBridge(SCALE, database.url);
  const environment = { SCALE: JSON.stringify(SCALE), NODE_ENV: 'production' };
  const peer = await startProgram(['bench/servers/scimmy-routers.ts'], environment, LISTENING);
  const rows: Row[] = [];
  const measured = new Map<string, number>();
  const rate = async (key: string, server: Program, request: Work) => {
    const known = measured.get(key);
    if (known !== undefined) return known;
    await drive(server.url, request, { ...load, seconds: 1 });
    return undefined;
  };
  try {
    for (const { work, request, against, target } of CASES) {
      const other = against === 'scimmy_routers' ? peer : await bareFastify(bridge, request);
      const ours: number[] = [];
      const theirs: number[] = [];
      await rate(work, bridge, request);
      await rate(work, other, request);
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await drive(bridge.url, request, load));
        theirs.push(await drive(other.url, request, load));
      }
      if (other !== peer) await other.stop();
      const [mine, its] = [median(ours), median(theirs)];
      const ratio = mine / its;
      rows.push({
        work,
        bridge: mine,
        scimmy_routers: against === 'scimmy_routers' ? its : null,
        bare_fastify: against === 'bare_fastify' ? its : null,
        unit: 'requests/s',
        ratio,
        target: `${target} x ${against.replace('_', ' ')}`,
        met: engine === 'sqlite' ? meets(ratio, target) : null,
      });
      console.error(`${work}: ${mine.toFixed(0)}/s and ${its.toFixed(0)}/s`);
    }
    rows.push(await groupSizes(bridge, engine, load, rounds));
  } finally {
    await bridge.stop();
    await peer.stop();
    await database.drop();
  }
  return rows;
}

/** The same PATCH on a group of 10,000 and on one of 10, in time a request. */
async function groupSizes(
  bridge: Program,
  engine: Options['engine'],
  load: Load,
  rounds: number,
): Promise<Row> {
  const [large, small]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    large.push(await drive(bridge.url, member(2), load));
    small.push(await drive(bridge.url, member(0), load));
  }
  const ratio = median(small) / median(large);
  return {
    work: 'PATCH one member, group of 10,000',
    bridge: median(large),
    scimmy_routers: null,
    bare_fastify: null,
    unit: 'requests/s',
    ratio,
    target: '<= 1.5 x the time on a group of 10',
    met: engine === 'sqlite' ? meets(ratio, '<= 1.5') : null,
  };
}

async function bareFastify(bridge: Program, request: Work): Promise<Program> {
  const response = await fetch(bridge.url + request.path(0), {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return startProgram(['bench/servers/bare-fastify.ts'], { BYTES: await response.text() }, LISTENING);
}
