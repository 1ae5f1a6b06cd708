/** What every AuditStore guarantees, and the chain on it. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { CHECKPOINT_MS, createChain } from '../../src/audit/extend-chain.ts';
import { keepChain } from '../../src/audit/keep-chain.ts';
import { genesisHash } from '../../src/audit/entry.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { openPostgres } from '../../src/store/engine/postgres-engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import type { Store } from '../../src/store/open-store.ts';
import { addChanges, chainAll, exported, newKey, verified, W } from '../audit/files.ts';
import { freshDatabase } from '../databases.ts';
import { storeAt } from '../stores.ts';

export function auditStoreConformance(name: Engine['name']): void {
  const open = async () => {
    const url = await freshDatabase(name);
    return { url, store: await storeAt(url) };
  };
  const all = (store: Store) => store.audit.entries(W, 1, 1_000, 1_000);

  describe('audit log', () => {
    it('has each change once, in order and without gaps, including older changes', async () => {
      const { store } = await open();
      await addChanges(store, ['a', 'b', 'c', 'd', 'e']);
      await chainAll(store);
      await addChanges(store, ['f', 'g'], 2_000);
      await chainAll(store);
      const entries = await all(store);
      expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(entries.map(({ data }) => data)).toEqual(
        ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((userName) => JSON.stringify({ userName })),
      );
      expect(await store.audit.unchained(W, entries.at(-1)?.position ?? 0)).toBe(0);
      expect(await store.audit.firstSince(W, 1_004)).toBe(5);
      expect(await store.audit.firstSince(W, 3_000)).toBeUndefined();
      expect(await store.audit.head('other')).toBeUndefined();
    });

    it('is one chain when several bridges extend it at once, over restarts', async () => {
      const { url, store } = await open();
      const key = newKey();
      const others = name === 'postgres' ? [await storeAt(url), await storeAt(url)] : [store, store];
      for (let round = 0; round < 5; round += 1) {
        await addChanges(
          store,
          Array.from({ length: 20 }, () => 'x'),
          round * 1_000,
        );
        await Promise.all(others.map((other) => chainAll(other, key.signer, 4)));
        await chainAll(store, key.signer, 4);
      }
      expect(await verified(await exported(store, key.signer))).toMatchObject({ first: 1, last: 100 });
    });

    it('is not extended from a place that is not its end', async () => {
      const { store } = await open();
      await addChanges(store, ['a', 'b']);
      await chainAll(store);
      const [first] = await all(store);
      if (first === undefined) throw new Error('There is no entry.');
      expect(await store.audit.append(W, [{ ...first, previous: genesisHash(W) }], undefined)).toBe(false);
      expect(await all(store)).toHaveLength(2);
    });

    it('has a checkpoint at first, then after an hour in which there was something new', async () => {
      const { store } = await open();
      const chain = createChain({ workspace: W, store: store.audit, signer: newKey().signer });
      const checkpoints = async () => (await store.audit.checkpoints(W, 1, 1_000)).map(({ seq }) => seq);
      await chain.extend(0, 10);
      expect(await checkpoints()).toEqual([]);
      await addChanges(store, ['a', 'b']);
      await chain.extend(0, 10);
      await addChanges(store, ['c'], 2_000);
      await chain.extend(CHECKPOINT_MS - 1, 10);
      expect(await checkpoints()).toEqual([2]);
      // What was new an hour ago is signed although nothing is new now.
      await chain.extend(CHECKPOINT_MS, 10);
      await chain.extend(9 * CHECKPOINT_MS, 10);
      expect(await checkpoints()).toEqual([2, 3]);
      expect(await store.audit.lastCheckpoint(W)).toMatchObject({ seq: 3, previous: 2, at: CHECKPOINT_MS });
    });

    it('shows what somebody changes or deletes in the database later', async () => {
      const { url, store } = await open();
      await addChanges(store, ['ana', 'bob', 'cleo']);
      await chainAll(store);
      const engine: Engine = name === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
      const write = (query: ReturnType<typeof sql>) => engine.write([{ query: query.compile(engine.db) }]);
      await write(sql`update changes set data = '{"userName":"eve"}' where data = '{"userName":"bob"}'`);
      await expect(exported(store).then((file) => verified(file))).rejects.toThrow('entry 2 was changed');
      await write(sql`delete from changes where data = '{"userName":"eve"}'`);
      await expect(exported(store).then((file) => verified(file))).rejects.toThrow('entry 2 is missing');
      await engine.close();
    });

    it('is extended after the writes by the holder of the lease alone, with long pauses under load', async () => {
      const { store } = await open();
      await addChanges(
        store,
        Array.from({ length: 501 }, () => 'x'),
      );
      const stopping = new AbortController();
      const slept: number[] = [];
      let [now, holder] = [0, false];
      const clock = {
        now: () => now,
        monotonic: () => (now += 10),
        sleep: (ms: number) => {
          slept.push(ms);
          if (slept.length === 2) holder = true;
          if (slept.length === 5) stopping.abort();
          return Promise.resolve();
        },
      };
      const chain = createChain({ workspace: W, store: store.audit, signer: undefined });
      const log = { warn: () => undefined };
      await keepChain({ chain, isHolder: () => holder, clock, log }, stopping.signal);
      expect(slept).toEqual([1_000, 1_000, 300, 1_000, 1_000]);
      expect((await store.audit.head(W))?.seq).toBe(501);
    });
  });
}
