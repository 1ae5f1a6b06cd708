import { describe, expect, it } from 'vitest';
import {
  createCapabilityBook,
  type CapabilityStore,
  type Probe,
} from '../../src/provisioning/capability/capability-book.ts';
import { REFUSAL_STANDS_MS, type CapabilityRoute } from '../../src/provisioning/capability/capability.ts';

const declared = [
  { capability: 'invite', route: 'main key' },
  { capability: 'invite', route: 'inviter key' },
  { capability: 'remove', route: 'main key' },
] as const;

/** A store that keeps rows in memory. */
function memory() {
  let rows: CapabilityRoute[] = [];
  let probe: Probe | undefined;
  const same = (a: CapabilityRoute, b: CapabilityRoute) =>
    a.capability === b.capability && a.route === b.route;
  const store: CapabilityStore = {
    routes: () => Promise.resolve(rows),
    saveRoutes: (_workspace, saved) => {
      rows = [...rows.filter((row) => !saved.some((other) => same(row, other))), ...saved];
      return Promise.resolve();
    },
    replaceRoutes: (_workspace, saved) => {
      rows = [...saved];
      return Promise.resolve();
    },
    probe: () => Promise.resolve(probe),
    saveProbe: (_workspace, saved) => {
      probe = saved;
      return Promise.resolve();
    },
    probeAskedAt: () => Promise.resolve(null),
    askForProbe: () => Promise.resolve(),
  };
  return store;
}

async function setup() {
  const store = memory();
  const time = { now: 1_000 };
  const clock = { now: () => time.now, monotonic: () => time.now, sleep: () => Promise.resolve() };
  const start = async (fingerprint = 'f', routes: readonly (typeof declared)[number][] = declared) => {
    const options = { workspace: 'acme', declared: routes, fingerprint, ownsManaged: false, clock, store };
    const book = createCapabilityBook(options);
    await book.load();
    await book.probed({ credentials: [], warnings: [] });
    return book;
  };
  return { start, time, book: await start() };
}

describe('the book of capabilities', () => {
  it('offers routes that have worked first, then untried routes, and no refused route', async () => {
    const { book } = await setup();
    expect(book.open('invite')).toEqual(['main key', 'inviter key']);
    await book.served('invite', 'inviter key');
    expect(book.open('invite')).toEqual(['inviter key', 'main key']);
    await book.refused('invite', 'main key', 'no');
    expect(book.open('invite')).toEqual(['inviter key']);
  });

  it('offers a refused removal again for every person: access that stays is worse than a call', async () => {
    const { book } = await setup();
    await book.refused('remove', 'main key', 'no');
    expect(book.open('remove')).toEqual(['main key']);
  });

  it('gives a route that has served up only after three refusals in a row', async () => {
    const { book } = await setup();
    await book.served('invite', 'main key');
    await book.refused('invite', 'main key', 'no');
    await book.refused('invite', 'main key', 'no');
    await book.served('invite', 'main key');
    for (let count = 1; count <= 3; count += 1) {
      expect(book.state('invite', 'main key')).toBe('available');
      await book.refused('invite', 'main key', 'no');
    }
    expect(book.state('invite', 'main key')).toBe('refused');
  });

  it('remembers over a restart, with the answer and the time', async () => {
    const { book, start } = await setup();
    await book.refused('invite', 'main key', 'Mode said no');
    const row = {
      capability: 'invite',
      route: 'main key',
      state: 'refused',
      answer: 'Mode said no',
      at: 1_000,
    };
    expect((await start()).routes()).toContainEqual(row);
  });

  it('forgets all of it when credentials or addresses are others', async () => {
    const { book, start } = await setup();
    await book.refused('invite', 'main key', 'no');
    const other = await start('other');
    expect(other.routes().every((row) => row.state === 'not_tried')).toBe(true);
  });

  it('drops routes that the settings do not have any more', async () => {
    const { book, start } = await setup();
    await book.refused('invite', 'inviter key', 'no');
    const without = await start('f', [declared[0], declared[2]]);
    expect(without.routes().map((row) => row.route)).toEqual(['main key', 'main key']);
    expect((await start()).state('invite', 'inviter key')).toBe('not_tried');
  });

  it('tries a refused route again after a day', async () => {
    const { book, time } = await setup();
    await book.refused('invite', 'main key', 'no');
    time.now += REFUSAL_STANDS_MS - 1;
    expect(book.isStale()).toBe(false);
    time.now += 1;
    expect(book.isStale()).toBe(true);
    await book.forgetRefusals();
    expect(book.isStale()).toBe(false);
    expect(book.open('invite')).toEqual(['main key', 'inviter key']);
    expect(book.afreshAt).toBe(time.now);
  });

  it('changes its version with every change of a route', async () => {
    const { book } = await setup();
    const before = book.version;
    await book.refused('invite', 'main key', 'no');
    const after = book.version;
    expect(after).toBeGreaterThan(before);
    await book.refused('invite', 'main key', 'no again');
    expect(book.version).toBe(after);
  });

  it('runs one try of an untried capability at a time, and any number of one that works', async () => {
    const { book } = await setup();
    let under = 0;
    let most = 0;
    const work = async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
    };
    await Promise.all([1, 2, 3].map(() => book.trying('invite', work)));
    expect(most).toBe(1);
    await book.served('invite', 'main key');
    await Promise.all([1, 2, 3].map(() => book.trying('invite', work)));
    expect(most).toBe(3);
  });

  it('continues with the next try when one fails', async () => {
    const { book } = await setup();
    const failed = book.trying('invite', () => Promise.reject(new Error('no')));
    const next = book.trying('invite', () => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });
});
