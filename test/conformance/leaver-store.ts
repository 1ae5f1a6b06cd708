/** What every LeaverStore guarantees, and what starts, stops and ends the clock of a leaver. */
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { Writer } from '../../src/directory/access/connection.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import type { Settlement } from '../../src/provisioning/ports/job-store.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import type { Store } from '../../src/store/open-store.ts';
import { claimJobs } from '../claims.ts';

const W = 'acme';
const okta: Writer = { id: 'okta', workspace: W, name: 'okta', state: 'live', requestId: 'request-1' };
const MINUTE_MS = 60_000;

export function leaverStoreConformance(open: () => Promise<Store>): void {
  async function setup() {
    let now = 1_000;
    const clock: Clock = { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() };
    const store = await open();
    const users = createUsers(store.directory, clock);
    const hire = async (userName: string) => (await users.create(okta, readUser({ userName }))).id;
    const patch = (id: string, change: object) =>
      users.update(okta, id, (before) =>
        readUser({ ...(JSON.parse(before.document) as object), ...change }, before),
      );
    /** Settles the job of the user, as the worker does. */
    const settle = async (id: string, more: Partial<Settlement>, meanwhile?: () => Promise<unknown>) => {
      const jobs = await claimJobs(store, { workspace: W, now });
      const job = jobs.find(({ subject }) => subject.id === id);
      if (job === undefined) throw new Error('The user has no job.');
      await meanwhile?.();
      const settlement: Settlement = {
        job,
        at: now,
        verdict: { kind: 'done' },
        delivery: { state: 'verified', reasons: [] },
        ...more,
      };
      expect(await store.provisioning.settle(settlement)).toBe(true);
      await store.provisioning.releaseJobs(jobs.filter((other) => other !== job));
    };
    const removed = (userId: string) =>
      store.provisioning.record({ workspace: W, at: now, leavers: [{ userId, account: 'token-1' }] });
    const list = () => store.leavers.list(W, { from: 0, limit: 100 });
    const pass = (ms: number) => {
      now += ms;
      return now;
    };
    return { store, users, hire, patch, settle, removed, list, pass };
  }

  describe('leavers', () => {
    it('have a clock from the deactivation until a read shows it, with the request and the removal', async () => {
      const { store, hire, patch, settle, removed, list, pass } = await setup();
      const id = await hire('ana@x.test');
      expect(await list()).toEqual([]);
      const askedAt = pass(1_000);
      await patch(id, { active: false });
      await patch(id, { active: false, title: 'Gone' });
      const removedAt = pass(1_000);
      await removed(id);
      await settle(id, { verdict: { kind: 'verify', at: removedAt }, acted: true });
      const known = {
        ...{ workspace: W, userId: id, name: 'ana@x.test', connectionId: 'okta', cause: 'deactivated' },
        ...{ requestId: 'request-1', askedAt, removedAt, account: 'token-1', cancelledAt: null },
      };
      expect(await list()).toMatchObject([{ ...known, verifiedAt: null }]);
      const verifiedAt = pass(1_000);
      await patch(id, { title: 'Still gone' });
      await settle(id, { left: true });
      await settleAgain();
      expect(await list()).toMatchObject([{ ...known, verifiedAt }]);
      const [leaver] = await list();
      if (leaver === undefined) throw new Error('There is one.');
      const changes = await store.leavers.changesOf(leaver, 10);
      expect(changes.map(({ kind }) => kind)).toEqual([
        'user.updated',
        'user.updated',
        'delivery.changed',
        'user.updated',
      ]);
      expect(changes.at(0)).toMatchObject({ kind: 'user.updated', data: { active: false } });

      async function settleAgain() {
        pass(1_000);
        await patch(id, { title: 'Gone for good' });
        await settle(id, { left: true });
      }
    });

    it("are not verified by a settlement from before the IdP's last write", async () => {
      const { hire, patch, settle, list } = await setup();
      const id = await hire('ana@x.test');
      await patch(id, { active: false });
      await settle(id, { left: true }, () => patch(id, { title: 'News' }));
      expect(await list()).toMatchObject([{ verifiedAt: null }]);
      await settle(id, { left: true });
      expect((await list())[0]?.verifiedAt).not.toBeNull();
    });

    it('who come back before they are removed have no time, and get a new clock when they leave again', async () => {
      const { hire, patch, settle, list, pass, users } = await setup();
      const id = await hire('ana@x.test');
      await patch(id, { active: false });
      const cancelledAt = pass(1_000);
      await patch(id, { active: true });
      const askedAt = pass(1_000);
      await users.remove(okta, id);
      await settle(id, { left: true });
      expect(await list()).toMatchObject([
        { cause: 'deleted', askedAt, verifiedAt: askedAt, cancelledAt: null },
        { cause: 'deactivated', verifiedAt: null, cancelledAt },
      ]);
    });

    it('whose connection is removed have no clock that runs', async () => {
      const { store, hire, users, list } = await setup();
      await store.access.addConnection({ ...okta, createdAt: 1 });
      const id = await hire('ana@x.test');
      await users.remove(okta, id);
      expect(await store.access.removeConnection('okta', { at: 5_000 })).toBe(true);
      expect(await list()).toMatchObject([{ verifiedAt: null, cancelledAt: 5_000 }]);
    });

    it('are taken once when they are verified and once when they are overdue, whoever asks', async () => {
      const { store, hire, patch, settle, pass } = await setup();
      const [slow, quick, never] = [
        await hire('slow@x.test'),
        await hire('quick@x.test'),
        await hire('n@x.test'),
      ];
      for (const id of [slow, quick, never]) await patch(id, { active: false });
      await settle(quick, { left: true });
      let now = pass(16 * MINUTE_MS);
      await settle(slow, { left: true });
      const { count, oldest } = await store.leavers.open(W, now - 15 * MINUTE_MS, 10);
      expect([count, oldest.map(({ userId }) => userId)]).toEqual([1, [never]]);
      const takes = async () =>
        Promise.all([
          store.leavers.takeOverdue(W, now, 15 * MINUTE_MS, 10),
          store.leavers.takeOverdue(W, now, 15 * MINUTE_MS, 10),
          store.leavers.takeMeasured(W, now, 10),
          store.leavers.takeMeasured(W, now, 10),
        ]);
      const [a, b, c, d] = await takes();
      const ids = (leavers: readonly { readonly userId: string }[]) =>
        leavers.map(({ userId }) => userId).sort();
      expect(ids([...a, ...b])).toEqual([slow, never].sort());
      expect(ids([...c, ...d])).toEqual([slow, quick].sort());
      now = pass(MINUTE_MS);
      expect((await takes()).flat()).toEqual([]);
    });

    it('are listed in pages, newest first, and old ones are deleted when they are out', async () => {
      const { store, hire, patch, settle, pass, list } = await setup();
      const ids: string[] = [];
      for (const name of ['a', 'b', 'c', 'd']) {
        const id = await hire(`${name}@x.test`);
        await patch(id, { active: false });
        if (name !== 'a') await settle(id, { left: true });
        if (name !== 'c') pass(1_000);
        ids.push(id);
      }
      const all = await list();
      expect(new Set(all.map(({ userId }) => userId))).toEqual(new Set(ids));
      const first = await store.leavers.list(W, { from: 0, limit: 3 });
      const last = first.at(-1);
      const before = last && { at: last.askedAt, id: last.id };
      expect([...first, ...(await store.leavers.list(W, { from: 0, before, limit: 3 }))]).toEqual(all);
      expect(await store.leavers.list('globex', { from: 0, limit: 3 })).toEqual([]);
      expect(await store.leavers.prune(Number.MAX_SAFE_INTEGER, 2)).toBe(2);
      expect(await store.leavers.prune(Number.MAX_SAFE_INTEGER, 2)).toBe(1);
      expect((await list()).map(({ userId }) => userId)).toEqual([ids[0]]);
    });
  });
}
