/** What every RemovalStore and HoldStore guarantees. */
import { describe, expect, it } from 'vitest';
import type { PassedRemoval } from '../../src/provisioning/gate/breaker.ts';
import type { NewHold } from '../../src/provisioning/gate/hold.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';
import type { Store } from '../../src/store/open-store.ts';
import { claimJobs } from '../claims.ts';

const W = 'acme';
const HOUR = 60 * 60_000;
const LEASE_MS = 30_000;
const subject = { kind: 'user', id: 'u1' } as const;
const of = { workspace: W, connectionId: 'okta', subject };
const WHY = reason('too_many_removals', { count: 5, percent: 10, minutes: 60 });

const removal = (key: string, approved = false): PassedRemoval => ({ key, scope: 'members', approved });
const hold = (key: string, more: Partial<NewHold> = {}): NewHold => {
  return { operation: 'remove_member', key, name: `${key}@x.test`, group: null, reason: WHY, ...more };
};

export function removalStoreConformance(open: () => Promise<Store>): void {
  const lease = (store: Store, holder: string, now: number, workedMs = 0) =>
    store.provisioning.acquireWorkspace({ workspace: W, holder, now, leaseMs: LEASE_MS, workedMs });
  const known = (store: Store, windowMs = HOUR) =>
    store.provisioning.knownRemovals(of, [removal('new')], { count: 0, windowMs });
  const counts = async (store: Store, windowMs?: number) => {
    const tally = (await known(store, windowMs)).tallies.get('members');
    return [tally?.removed, tally?.share];
  };
  const accept = (store: Store, key: string) =>
    store.provisioning.record({ workspace: W, at: 1, accepted: { subject, keys: [key] } });

  describe('removals', () => {
    it('are counted once, however often they are tried, and again after they were accepted', async () => {
      const store = await open();
      const fence = (await lease(store, 'a', 0)) ?? 0;
      for (const again of [1, 2]) {
        expect(await store.provisioning.countRemovals(of, [removal('x')], fence)).toBe(true);
        expect([again, await counts(store)]).toEqual([again, [1, 1]]);
      }
      expect((await known(store)).counted).toEqual(new Set(['x']));
      await accept(store, 'x');
      expect((await known(store)).counted).toEqual(new Set());
      expect(await counts(store)).toEqual([1, 1]);
    });

    it('count in time worked: neither the clock nor the time without a bridge counts', async () => {
      const store = await open();
      const fence = (await lease(store, 'a', 0)) ?? 0;
      await store.provisioning.countRemovals(of, [removal('x')], fence);
      // Another wall clock, and another bridge that says that it has worked.
      await lease(store, 'a', 10 * HOUR, 1_000);
      await store.provisioning.releaseWorkspace(W, 'a');
      await lease(store, 'b', 20 * HOUR, HOUR);
      expect([await counts(store, 1_001), await counts(store, 1_000)]).toEqual([
        [1, 1],
        [0, 0],
      ]);
      await lease(store, 'b', 20 * HOUR, 500);
      expect([await counts(store, 1_501), await counts(store, 1_500)]).toEqual([
        [1, 1],
        [0, 0],
      ]);
    });

    it('are not counted by a bridge that does not have the workspace any more', async () => {
      const store = await open();
      const fence = (await lease(store, 'a', 0)) ?? 0;
      await lease(store, 'b', LEASE_MS);
      await store.provisioning.syncHolds(of, [hold('x')], 1);
      expect(await store.provisioning.countRemovals(of, [removal('x')], fence)).toBe(false);
      expect(await counts(store)).toEqual([0, 0]);
      expect(await store.holds.list(W, { limit: 10 })).toHaveLength(1);
    });

    it('use their approval up, which stays valid for retries', async () => {
      const store = await open();
      const fence = (await lease(store, 'a', 0)) ?? 0;
      await store.provisioning.syncHolds(of, [hold('x')], 1);
      const [held] = await store.holds.list(W, { limit: 10 });
      await store.holds.decide(W, [held?.id ?? ''], { verdict: 'approved', by: 'ana', at: 2 });
      expect((await known(store)).decided).toEqual(new Map([['x', 'approved']]));
      await store.provisioning.countRemovals(of, [removal('x', true)], fence);
      expect(await store.holds.list(W, { limit: 10 })).toEqual([]);
      await store.provisioning.countRemovals(of, [removal('x')], fence);
      expect(await counts(store)).toEqual([0, 1]);
      await accept(store, 'x');
      await store.provisioning.countRemovals(of, [removal('x')], fence);
      expect(await counts(store)).toEqual([1, 1]);
    });

    it('that the plan no longer has are not tried again, and stay counted', async () => {
      const store = await open();
      const fence = (await lease(store, 'a', 0)) ?? 0;
      await store.provisioning.countRemovals(of, [removal('x'), removal('y')], fence);
      await store.provisioning.endRemovals(W, subject, new Set(['y']));
      expect((await known(store)).counted).toEqual(new Set(['y']));
      expect(await counts(store)).toEqual([2, 2]);
    });
  });

  describe('holds', () => {
    it('follow the plan: each operation is held once, gets a new reason, and ends when it is not planned', async () => {
      const store = await open();
      expect(await store.provisioning.syncHolds(of, [hold('x'), hold('y')], 1)).toBe(2);
      expect(await store.provisioning.syncHolds(of, [hold('x', { reason: reason('last_admin') })], 2)).toBe(
        0,
      );
      expect(await store.holds.list(W, { limit: 10 })).toMatchObject([
        { key: 'x', since: 1, reason: { code: 'last_admin' }, decision: null, connectionId: 'okta' },
      ]);
      await store.provisioning.endRemovals(W, subject, new Set());
      expect(await store.holds.list(W, { limit: 10 })).toEqual([]);
    });

    it('are found by name without regard to case, by connection, and only in their workspace', async () => {
      const store = await open();
      await store.provisioning.syncHolds(of, [hold('x'), hold('y', { group: 'Team' })], 1);
      const found = async (filter: object, workspace = W) =>
        (await store.holds.list(workspace, { limit: 10, ...filter })).map(({ key }) => key);
      expect(await found({ name: 'X@X.test' })).toEqual(['x']);
      expect(await found({ name: 'team' })).toEqual(['y']);
      expect(await found({ connectionId: 'entra' })).toEqual([]);
      expect(await found({}, 'other')).toEqual([]);
      const [one] = await store.holds.list(W, { limit: 10 });
      expect(
        await store.holds.decide('other', [one?.id ?? ''], { verdict: 'approved', by: 'ana', at: 2 }),
      ).toBe(0);
      expect(await found({ open: true })).toHaveLength(2);
    });

    it('that are decided wake a job that is parked', async () => {
      const store = await open();
      await store.provisioning.record({ workspace: W, at: 0, enqueue: [{ subject, verifying: false }] });
      const claim = { workspace: W, kind: subject.kind };
      const [job] = await claimJobs(store, { ...claim, now: 1 });
      if (job === undefined) throw new Error('no job');
      const verdict = { kind: 'park', reasons: [WHY], at: HOUR, undone: true } as const;
      await store.provisioning.settle({ job, at: 2, verdict, delivery: { state: 'held', reasons: [WHY] } });
      await store.provisioning.syncHolds(of, [hold('x')], 2);
      expect(await claimJobs(store, { ...claim, now: 3 })).toEqual([]);
      const [held] = await store.holds.list(W, { limit: 10 });
      expect(await store.holds.decide(W, [held?.id ?? ''], { verdict: 'rejected', by: 'ana', at: 4 })).toBe(
        1,
      );
      expect(await claimJobs(store, { ...claim, now: 5 })).toMatchObject([{ subject, lookAfter: null }]);
    });
  });
}
