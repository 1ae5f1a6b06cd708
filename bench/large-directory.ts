/** Paging through 100,000 people, and the memory that the bridge holds after everything was listed. */
import { databaseOf, type Options } from './options.ts';
import { TOKEN, type Scale } from './scale.ts';
import { startBridge } from './servers/bridge.ts';
import { residentMegabytes } from './servers/program.ts';
import { meets, median, type Row } from './table.ts';

const SCALE: Scale = { users: 100_000, groups: Array.from({ length: 1_000 }, () => 1_000) };
const PAGE = 100;
const DEEP = 50_000;

interface ListAnswer {
  readonly totalResults: number;
  readonly nextCursor?: string;
  readonly Resources: readonly unknown[];
}

export async function largeDirectory({ engine, quick }: Options): Promise<readonly Row[]> {
  const rounds = quick ? 5 : 25;
  const database = await databaseOf(engine);
  const bridge = await startBridge(SCALE, database.url);
  const get = async (path: string): Promise<ListAnswer> => {
    const response = await fetch(bridge.url + path, { headers: { authorization: `Bearer ${TOKEN}` } });
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as ListAnswer;
  };
  const time = async (path: string) => {
    const start = performance.now();
    const { Resources } = await get(path);
    if (Resources.length !== PAGE) throw new Error(`${path} is a page of ${Resources.length}`);
    return performance.now() - start;
  };
  try {
    const first = `/Users?startIndex=1&count=${PAGE}`;
    const deep = `/Users?startIndex=${DEEP}&count=${PAGE}`;
    const firstByCursor = `/Users?cursor&count=${PAGE}`;
    const deepByCursor = `/Users?cursor=${await cursorAt(get, DEEP)}&count=${PAGE}`;
    const paths = [first, deep, firstByCursor, deepByCursor];
    const times = new Map<string, number[]>(paths.map((path) => [path, []]));
    for (const path of paths) await time(path);
    for (let round = 0; round < rounds; round += 1) {
      for (const path of paths) times.get(path)?.push(await time(path));
    }
    const at = (path: string) => median(times.get(path) ?? []);
    const listed = await listAll(get);
    if (listed.users < SCALE.users || listed.members < 1_000_000)
      throw new Error('The full list is not full.');
    const memory = residentMegabytes(bridge.processId);
    const row = (
      work: string,
      bridgeValue: number,
      unit: Row['unit'],
      ratio: number,
      bound: string,
      of: string,
    ) => ({
      work,
      bridge: bridgeValue,
      scimmy_routers: null,
      bare_fastify: null,
      unit,
      ratio,
      target: `${bound} ${of}`,
      met: engine === 'sqlite' ? meets(ratio, bound) : null,
    });
    return [
      row(
        'page of 100 at startIndex 50,000 of 100,000',
        at(deep),
        'ms',
        at(deep) / at(first),
        '<= 5',
        'x the first page',
      ),
      row(
        'the same by cursor',
        at(deepByCursor),
        'ms',
        at(deepByCursor) / at(firstByCursor),
        '<= 1.5',
        'x the first page',
      ),
      row(
        'memory after a full list of 1,000,000 memberships',
        memory,
        'MB',
        memory / 300,
        '<= 1',
        'x 300 MB',
      ),
    ];
  } finally {
    await bridge.stop();
    await database.drop();
  }
}

type Get = (path: string) => Promise<ListAnswer>;

/** The cursor that stands before the page at that place. */
async function cursorAt(get: Get, place: number): Promise<string> {
  let cursor = '';
  for (let seen = 0; seen < place; seen += 1_000) {
    cursor = (await get(`/Users?cursor=${cursor}&count=1000&attributes=id`)).nextCursor ?? '';
  }
  return cursor;
}

async function listAll(get: Get): Promise<{ users: number; members: number }> {
  const found = { users: 0, members: 0 };
  for (let start = 1; start <= SCALE.users; start += PAGE) {
    found.users += (await get(`/Users?startIndex=${start}&count=${PAGE}`)).Resources.length;
  }
  for (let start = 1; start <= SCALE.groups.length; start += PAGE) {
    const { Resources } = await get(`/Groups?startIndex=${start}&count=${PAGE}`);
    for (const group of Resources as readonly { members?: readonly unknown[] }[]) {
      found.members += group.members?.length ?? 0;
    }
  }
  return found;
}
