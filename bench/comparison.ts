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
  /** The other server takes seconds for one request. */
  readonly slow?: true;
}

const read: Work = { method: 'GET', path: (n) => `/Users/user-${n % SCALE.users}` };
const lookup: Work = {
  method: 'GET',
  path: (n) => `/Users?filter=${encodeURIComponent(`userName eq "${personOf(n % SCALE.users).userName}"`)}`,
};
let created = 1_000_000;
const create: Work = {
  method: 'POST',
  path: () => '/Users',
  body: () => {
    created += 1;
    return personOf(created);
  },
};

/** Takes a person out of the group and adds them again a little later: each request changes one membership. */
const member = (group: number, size: number): Work => ({
  method: 'PATCH',
  path: () => `/Groups/group-${group}`,
  body: (n) => {
    const turn = Math.floor(n / CONNECTIONS);
    const value = `user-${(Math.floor(turn / 2) * CONNECTIONS + (n % CONNECTIONS)) % size}`;
    const operation =
      turn % 2 === 0
        ? { op: 'remove', path: `members[value eq "${value}"]` }
        : { op: 'add', path: 'members', value: [{ value }] };
    return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] };
  },
});

const CASES: readonly Case[] = [
  { work: 'GET /Users/{id}', request: read, against: 'scimmy_routers', target: '>= 5' },
  { work: 'GET /Users/{id}', request: read, against: 'bare_fastify', target: '>= 0.2' },
  {
    work: 'GET /Users?filter=userName eq',
    request: lookup,
    against: 'scimmy_routers',
    target: '>= 5',
  },
  { work: 'GET /Users?filter=userName eq', request: lookup, against: 'bare_fastify', target: '>= 0.2' },
  { work: 'POST /Users', request: create, against: 'scimmy_routers', target: '>= 4' },
  {
    work: 'PATCH one member, group of 10,000',
    request: member(2, 10_000),
    against: 'scimmy_routers',
    target: '>= 100',
    slow: true,
  },
];

export async function comparison({ engine, quick }: Options): Promise<readonly Row[]> {
  const load: Load = { connections: CONNECTIONS, seconds: quick ? 3 : 8 };
  // What is not warm yet is compared with what is: a short run needs as long for it.
  const warmUp: Load = { connections: CONNECTIONS, seconds: 4 };
  const rounds = quick ? 1 : 3;
  const database = await databaseOf(engine);
  const bridge = await startBridge(SCALE, database.url);
  const environment = { SCALE: JSON.stringify(SCALE), NODE_ENV: 'production' };
  const peer = await startProgram(['bench/servers/scimmy-routers.ts'], environment, LISTENING);
  const rows: Row[] = [];
  try {
    for (const { work, request, against, target, slow } of CASES) {
      const other = against === 'scimmy_routers' ? peer : await bareFastify(bridge, request);
      const theirLoad: Load = slow === true ? { connections: CONNECTIONS, requests: CONNECTIONS } : load;
      const [ours, theirs]: [number[], number[]] = [[], []];
      await drive(bridge.url, request, warmUp);
      if (slow !== true) await drive(other.url, request, warmUp);
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await drive(bridge.url, request, load));
        theirs.push(await drive(other.url, request, theirLoad));
      }
      if (other !== peer) await other.stop();
      const [mine, its] = [median(ours), median(theirs)];
      rows.push({
        work,
        bridge: mine,
        scimmy_routers: against === 'scimmy_routers' ? its : null,
        bare_fastify: against === 'bare_fastify' ? its : null,
        unit: 'requests/s',
        ratio: mine / its,
        target: `${target} x ${against === 'scimmy_routers' ? 'scimmy-routers' : 'bare Fastify'}`,
        met: engine === 'sqlite' ? meets(mine / its, target) : null,
      });
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
    large.push(await drive(bridge.url, member(2, 10_000), load));
    small.push(await drive(bridge.url, member(0, 10), load));
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

/** Returns what the bridge returns: a GET's own bytes. */
async function bareFastify(bridge: Program, request: Work): Promise<Program> {
  const response = await fetch(bridge.url + request.path(0), {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return startProgram(['bench/servers/bare-fastify.ts'], { BYTES: await response.text() }, LISTENING);
}
