/** A wall clock that jumps holds nothing up, and decides nothing that it should not. */
import { describe, expect, it } from 'vitest';
import { timeLimit } from '../../src/clock.ts';
import { watchClock } from '../../src/worker/clock-watch.ts';
import { watchOutage } from '../../src/worker/outage.ts';
import { createWorkspaceLease } from '../../src/worker/workspace-lease.ts';
import { claimJobs } from '../claims.ts';
import { engines } from '../databases.ts';
import { freshStore } from '../stores.ts';
import { draft, okta, openStage, until, W, type Stage } from './stage.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';

const HOUR = 60 * 60_000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const state = async (stage: Stage, id: string) =>
  (await stage.store.views.user(W, id))?.onMode.delivery.state ?? null;

describe('a wall clock that jumps two hours ahead and comes back', () => {
  it.each(engines)('holds no delivery up, and is logged once for each jump, on %s', async (engine) => {
    const jumps: unknown[] = [];
    const warn = (fields: object, message: string) => {
      if (message.includes('clock jumped')) jumps.push(Math.sign((fields as { jumpMs: number }).jumpMs));
    };
    const stage = await openStage({ engine, options: { log: { ...log, warn } } });
    const { users } = stage;
    stage.start();
    await users.create(okta, draft('before@x.test'));
    await stage.quiet();

    stage.jump(2 * HOUR);
    const ahead = await users.create(okta, draft('ahead@x.test'));
    await stage.quiet();
    await until(() => jumps.length === 1);
    await users.remove(okta, ahead.id);
    const waiting = await users.create(okta, draft('waiting@x.test'));

    stage.jump(-2 * HOUR);
    const after = await users.create(okta, draft('after@x.test'));
    await until(async () => (await state(stage, after.id)) !== null);
    await stage.quiet();
    expect([await state(stage, after.id), await state(stage, waiting.id)]).not.toContain('blocked');
    expect(jumps).toEqual([1, -1]);
    const emails = stage.sandbox.control.state().members.map(({ email }) => email);
    expect(emails).toEqual(expect.arrayContaining(['waiting@x.test', 'after@x.test']));
  });

  it('ends no pause of Mode sooner, and makes none longer', () => {
    const time = { now: 0, monotonic: 0 };
    const clock = { now: () => time.now, monotonic: () => time.monotonic, sleep: () => Promise.resolve() };
    const outage = watchOutage(clock);
    outage.fail(reason('target_unavailable', { answer: 'down' }), 10_000);
    time.now -= 2 * HOUR;
    expect(outage.pauseMs()).toBe(10_000);
    time.now += 4 * HOUR;
    expect(outage.pauseMs()).toBe(10_000);
    time.monotonic += 4_000;
    expect([outage.pauseMs(), outage.durationMs()]).toEqual([6_000, 4_000]);
  });

  it('is distinguished from small steps of time synchronisation', () => {
    const time = { now: 0, monotonic: 0 };
    const clock = { now: () => time.now, monotonic: () => time.monotonic, sleep: () => Promise.resolve() };
    const watch = watchClock(clock);
    time.now += 61_000;
    time.monotonic += 60_000;
    expect(watch.jumpMs()).toBe(0);
    time.now -= HOUR;
    expect(watch.jumpMs()).toBe(-HOUR);
    expect(watch.jumpMs()).toBe(0);
  });
});

describe.each(engines)('instants that a clock that was ahead has stored, on %s', (engine) => {
  const now = 1_000_000;

  async function withJob(runAt: number) {
    const store = await freshStore(engine);
    const subject = { kind: 'user', id: 'jane' } as const;
    await store.provisioning.record({ workspace: W, at: runAt, enqueue: [{ subject, verifying: false }] });
    return store;
  }

  it('a due time further ahead than any delay is due', async () => {
    const store = await withJob(now + 2 * HOUR);
    expect(await claimJobs(store, { workspace: W, now })).toHaveLength(1);
  });

  it('a due time that a delay may have set is kept, until the clock is known to have jumped', async () => {
    const store = await withJob(now + HOUR / 2);
    await store.provisioning.forgetFuture(W, now, now + HOUR);
    expect(await claimJobs(store, { workspace: W, now })).toHaveLength(0);
    await store.provisioning.forgetFuture(W, now, now);
    expect(await claimJobs(store, { workspace: W, now })).toHaveLength(1);
  });

  it('a read of Mode later than now is none, and a job that must look after then looks now', async () => {
    const store = await withJob(now);
    const read = { list: 'members', since: now + HOUR, how: 'lite', behind: [] } as const;
    await store.provisioning.record({ workspace: W, at: now + HOUR, read });
    await claimJobs(store, { workspace: W, now });
    // The holder before left it claimed: the next one has to look at Mode first.
    const holder = 'b';
    const claimed = await claimJobs(store, { workspace: W, holder, now: now + HOUR });
    await store.provisioning.releaseJobs(claimed);
    await store.provisioning.forgetFuture(W, now, now);
    expect(await store.provisioning.readTimes(W)).toEqual({ members: null, groups: null });
    const [job] = await claimJobs(store, { workspace: W, holder, now });
    expect([claimed[0]?.lookAfter, job?.lookAfter]).toEqual([now + HOUR, now]);
  });
});

describe.each(engines)('the lease of a workspace, on %s', (engine) => {
  const clockOf = (time: { now: number; monotonic: number }) => ({
    now: () => time.now,
    monotonic: () => time.monotonic,
    sleep: () => Promise.resolve(),
  });

  it('is not taken from its holder by a bridge whose wall clock jumps', async () => {
    const store = (await freshStore(engine)).provisioning;
    const [here, there] = [
      { now: 1_000_000, monotonic: 0 },
      { now: 1_000_000, monotonic: 0 },
    ];
    const holder = createWorkspaceLease({ workspace: W, holder: 'here', store, clock: clockOf(here), log });
    const other = createWorkspaceLease({ workspace: W, holder: 'there', store, clock: clockOf(there), log });
    expect(await holder.acquire()).toBe(true);
    there.now += 2 * HOUR;
    expect(await other.acquire()).toBe(false);
    here.now -= 2 * HOUR;
    expect(holder.isHeldFor(20_000)).toBe(true);
    expect(await holder.acquire()).toBe(true);
    expect(await other.acquire()).toBe(false);
  });

  it('that a dead bridge left far in the future is free after it stood unchanged for a lease', async () => {
    const store = (await freshStore(engine)).provisioning;
    const time = { now: 1_000_000, monotonic: 0 };
    const wrong = { now: 1_000_000 + 2 * HOUR, monotonic: 0 };
    await createWorkspaceLease({ workspace: W, holder: 'dead', store, clock: clockOf(wrong), log }).acquire();
    const next = createWorkspaceLease({ workspace: W, holder: 'next', store, clock: clockOf(time), log });
    expect(await next.acquire()).toBe(false);
    time.monotonic += 29_000;
    expect(await next.acquire()).toBe(false);
    time.monotonic += 2_000;
    expect(await next.acquire()).toBe(true);
    expect(next.fence).toBe(2);
  });

  it('that is acquired again has a higher fence, which frees claimed jobs', async () => {
    const store = (await freshStore(engine)).provisioning;
    const time = { now: 1_000_000, monotonic: 0 };
    const workspaceLease = createWorkspaceLease({
      workspace: W,
      holder: 'here',
      store,
      clock: clockOf(time),
      log,
    });
    await workspaceLease.acquire();
    await workspaceLease.renew();
    expect(workspaceLease.fence).toBe(2);
    expect(await workspaceLease.acquire()).toBe(true);
    expect(workspaceLease.fence).toBe(2);
  });
});

describe('a time limit', () => {
  it('is over when its time is, and never when it was given up', async () => {
    const time = { passed: 0 };
    const sleeping: (() => void)[] = [];
    const clock = {
      now: () => 0,
      monotonic: () => time.passed,
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve) => {
          sleeping.push(resolve);
          signal?.addEventListener('abort', () => {
            resolve();
          });
        }),
    };
    const [kept, ended] = [timeLimit(clock, 1_000), timeLimit(clock, 1_000)];
    ended.end();
    time.passed = 600;
    sleeping.splice(0).forEach((enqueue) => {
      enqueue();
    });
    await new Promise(setImmediate);
    expect(kept.signal.aborted).toBe(false);
    time.passed = 1_000;
    sleeping.splice(0).forEach((enqueue) => {
      enqueue();
    });
    await new Promise(setImmediate);
    expect([kept.signal.aborted, ended.signal.aborted]).toEqual([true, false]);
  });
});
