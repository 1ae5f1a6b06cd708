import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readChanges } from '../../src/feed/changes.ts';
import type { FeedSnapshot } from '../../src/feed/feed-snapshot.ts';
import type { Account, Grant, Resource } from '../../src/feed/model.ts';
import type { ChangedGroup } from '../../src/feed/feed-store.ts';
import { openPostgres } from '../../src/store/engine/postgres-engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { storeAt } from '../stores.ts';
import { byId, naiveState } from './naive-state.ts';
import { readAll } from './reading.ts';
import { standingClock, steps, WORKSPACE, worldOf } from './world.ts';

const RUNS: Readonly<Record<EngineName, number>> = { sqlite: 12, postgres: 4 };

describe.each(engines)('the feed on %s', (engine) => {
  async function open() {
    const url = await freshDatabase(engine);
    const store = await storeAt(url);
    const clock = standingClock();
    const second = engine === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
    onTestFinished(() => second.close());
    return { store, clock, db: second.db, world: worldOf(store, clock) };
  }

  it('has the state of the tables, whatever has happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 30 }), async (story) => {
        const { store, clock, db, world } = await open();
        for (const step of story) {
          await world(step);
          clock.pass(1);
        }
        const snapshot = await store.feed.takeSnapshot(WORKSPACE, clock);
        const expected = await naiveState(db);
        expect(await readAll(snapshot, 'accounts')).toEqual(expected.accounts);
        expect(await readAll(snapshot, 'groups')).toEqual(expected.groups);
        expect(await readAll(snapshot, 'resources')).toEqual(expected.resources);
        expect(byId(await readAll(snapshot, 'grants'))).toEqual(expected.grants);
        const offered = new Set((await readAll(snapshot, 'entitlements')).map(({ id }) => id));
        expect(expected.grants.filter((grant) => !offered.has(grant.entitlementId))).toEqual([]);
        expect(snapshot.position).toBe(await store.feed.lastPosition(WORKSPACE));
      }),
      { numRuns: RUNS[engine] },
    );
  });

  it('a snapshot includes everything that happened before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 15 }), async (story) => {
        const { store, clock, db, world } = await open();
        for (const step of story) {
          await world(step);
          clock.pass(1);
          const snapshot = await store.feed.takeSnapshot(WORKSPACE, clock);
          const { accounts, resources, grants } = await naiveState(db);
          expect(await readAll(snapshot, 'accounts')).toEqual(accounts);
          expect(await readAll(snapshot, 'resources')).toEqual(resources);
          expect(byId(await readAll(snapshot, 'grants'))).toEqual(grants);
        }
      }),
      { numRuns: RUNS[engine] / 2 },
    );
  });

  it('changes applied to a snapshot give the next snapshot', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { maxLength: 15 }),
        fc.array(steps, { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 1, max: 5 }),
        async (before, after, limit) => {
          const { store, clock, world } = await open();
          const live = async (story: typeof before) => {
            for (const step of story) {
              await world(step);
              clock.pass(1);
            }
          };
          await live(before);
          const first = await store.feed.takeSnapshot(WORKSPACE, clock);
          const copy = await copyOf(first);
          await live(after);
          let position = first.position;
          for (let more = true; more;) {
            const asked = { workspace: WORKSPACE, after: position, limit, waitMs: 0 };
            const read = await readChanges(store.feed, clock, asked, new AbortController().signal);
            copy.apply(read);
            position = read.next;
            more = read.more;
          }
          const now = await copyOf(await store.feed.takeSnapshot(WORKSPACE, clock));
          expect(copy.state()).toEqual(now.state());
        },
      ),
      { numRuns: RUNS[engine] },
    );
  });
});

/** A reader's copy of the feed. */
async function copyOf(snapshot: FeedSnapshot) {
  const accounts = new Map<string, Account>();
  const groups = new Map<string, ChangedGroup>();
  const resources = new Map<string, Resource>();
  const grants = new Map<string, Grant>();
  for (const resource of await readAll(snapshot, 'resources')) resources.set(resource.id, resource);
  for (const account of await readAll(snapshot, 'accounts')) accounts.set(account.id, account);
  // Only snapshots have the number of members of a group.
  for (const { id, name, owned, externalId, modeToken, delivery } of await readAll(snapshot, 'groups')) {
    groups.set(id, { id, name, owned, externalId, modeToken, delivery });
  }
  for (const grant of await readAll(snapshot, 'grants')) grants.set(grant.id, grant);
  return {
    apply: (read: Awaited<ReturnType<typeof readChanges>>) => {
      for (const { type, id } of read.tombstones) {
        const about = (grant: Grant) =>
          grant.entitlementId.startsWith(`${type}:${id}:`) || grant.principal.id === id;
        if (type === 'grant') grants.delete(id);
        else for (const grant of grants.values()) if (about(grant)) grants.delete(grant.id);
        if (type === 'account') accounts.delete(id);
        if (type === 'group') groups.delete(id);
        if (type === 'collection') resources.delete(id);
      }
      for (const account of read.accounts) accounts.set(account.id, account);
      for (const group of read.groups) groups.set(group.id, group);
      for (const resource of read.resources) resources.set(resource.id, resource);
      for (const grant of read.grants) grants.set(grant.id, grant);
    },
    state: () => ({
      accounts: byId([...accounts.values()]),
      groups: byId([...groups.values()]),
      resources: byId([...resources.values()]),
      grants: byId([...grants.values()]),
    }),
  };
}
