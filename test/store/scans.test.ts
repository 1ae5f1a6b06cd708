/** Searches that no index serves: they find the same, hold up nobody, and end in time. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Condition } from '../../src/directory/query.ts';
import { createUser } from '../../src/directory/user/user-transitions.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';

const connection = { id: 'c', workspace: 'acme', name: 'c', state: 'live' } as const;
const titled: Condition = {
  op: 'eq',
  field: { kind: 'path', path: ['title'], exact: false },
  value: 'Title 7',
};
const named = (value: string): Condition => ({
  op: 'eq',
  field: { kind: 'column', name: 'userName' },
  value,
});
/** Is true of nobody, and costs something for each. */
const slow: Condition = {
  op: 'or',
  conditions: Array.from({ length: 16 }, () => ({ ...titled, value: 'nobody' })),
};

async function storeWith(engine: EngineName, people: number, scanLimitMs?: number): Promise<Store> {
  const store = openStore(await freshDatabase(engine), { scanLimitMs });
  onTestFinished(() => store.close());
  await store.migrate();
  const steps = Array.from({ length: people }, (_, index) => {
    const userName = `user-${String(index)}@example.com`;
    const draft = {
      userName,
      externalId: null,
      active: true,
      email: null,
      fullName: null,
      admin: null,
      emails: [],
      document: JSON.stringify({ userName, title: `Title ${String(index)}` }),
    };
    return createUser(`u${String(index)}`, draft, { connection, at: index }).write.steps;
  });
  await store.directory.commit({ workspace: 'acme', at: 0, steps: steps.flat(), changes: [], subjects: [] });
  return store;
}

describe.each(engines)('a search without an index, on %s', (engine) => {
  it('finds what matches, and what was written right before it', async () => {
    const store = await storeWith(engine, 20);
    const { items, total } = await store.directory.users('acme', { where: titled, limit: 5 });
    expect([items.map(({ id }) => id), total]).toEqual([['u7'], 1]);
    const sort = { field: { kind: 'path', path: ['title'], exact: false }, descending: true } as const;
    const sorted = await store.directory.users('acme', { sort, limit: 2 });
    expect([sorted.items.map(({ id }) => id), sorted.total]).toEqual([['u9', 'u8'], 20]);
  });

  it('holds up no other request, and many at once are all answered', async () => {
    const store = await storeWith(engine, 200);
    const answered: string[] = [];
    const searches = Array.from({ length: 20 }, async () => {
      await store.directory.users('acme', { where: slow, limit: 1 });
      answered.push('search');
    });
    const lookup = store.directory.users('acme', { where: named('user-3@example.com'), limit: 1 });
    const { items } = await lookup;
    answered.push('lookup');
    await Promise.all(searches);
    expect(items.map(({ id }) => id)).toEqual(['u3']);
    expect(answered.filter((what) => what === 'search')).toHaveLength(20);
    // On PostgreSQL the searches have connections of their own: which answer comes first is the server's affair.
    if (engine === 'sqlite') expect(answered[0]).toBe('lookup');
  });

  it('ends at its time limit with an error; a look-up with an index still works', async () => {
    const store = await storeWith(engine, 500, engine === 'sqlite' ? 0 : 1);
    const search = store.directory.users('acme', { where: slow, limit: 1 });
    await expect(search).rejects.toMatchObject({ code: 'too_many' });
    const { items } = await store.directory.users('acme', { where: named('USER-3@example.com'), limit: 1 });
    expect(items.map(({ id }) => id)).toEqual(['u3']);
    const several = Array.from({ length: 5 }, () => store.directory.users('acme', { where: slow, limit: 1 }));
    const codes = (await Promise.allSettled(several)).map(({ status }) => status);
    expect(codes).toEqual(codes.map(() => 'rejected'));
  });
});
