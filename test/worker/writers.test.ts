import { describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../src/provisioning/model/operation.ts';
import type { Target } from '../../src/provisioning/ports/target.ts';
import { createLocks } from '../../src/worker/running/locks.ts';
import { createWorkspaceLease } from '../../src/worker/workspace-lease.ts';
import { createWorker } from '../../src/worker/worker.ts';
import { engines } from '../databases.ts';
import { callsOf, draft, groupDraft, okta, openStage, until, W, type Stage } from './stage.ts';

const emails = (count: number) => Array.from({ length: count }, (_none, index) => `p${index}@x.test`);

/** Watches what is asked of Mode at the same time. */
function watched() {
  const under: Operation[] = [];
  const seen = { most: 0, clashes: [] as string[], applied: [] as Operation['type'][] };
  const target = (real: Target): Target => ({
    ...real,
    apply: async (operation) => {
      for (const other of under) if (concernsSame(operation, other)) seen.clashes.push(operation.type);
      under.push(operation);
      seen.most = Math.max(seen.most, under.length);
      seen.applied.push(operation.type);
      try {
        return await real.apply(operation);
      } finally {
        under.splice(under.indexOf(operation), 1);
      }
    },
  });
  return { seen, target };
}

function concernsSame(a: Operation, b: Operation): boolean {
  const of = (operation: Operation) => [
    ...('targetGroupId' in operation ? [`group ${operation.targetGroupId}`] : []),
    ...('accountId' in operation ? [`person ${operation.accountId}`] : []),
    ...('member' in operation ? [`person ${operation.member.accountId ?? ''}`] : []),
    ...('email' in operation ? [`mail ${operation.email}`] : []),
  ];
  return of(a).some((name) => of(b).includes(name));
}

const groupOf = (stage: Stage, name: string) =>
  stage.sandbox.control.state().groups?.find((group) => group.name === name)?.members ?? [];

describe('13.18 the writes of a workspace', () => {
  it('are many at once, and never two about one person or one group', async () => {
    const { seen, target } = watched();
    const stage = await openStage({ settings: { latency_ms: 5, auto_accept_seconds: 0 }, target });
    const users = await Promise.all(emails(30).map((email) => stage.users.create(okta, draft(email))));
    const ids = users.map((user) => user.id);
    for (const name of ['A', 'B', 'C', 'D']) await stage.groups.create(okta, groupDraft(name), ids);
    stage.start();
    await stage.quiet();
    expect(seen.most).toBeGreaterThan(4);
    expect(seen.clashes).toEqual([]);
    for (const name of ['A', 'B', 'C', 'D']) expect(groupOf(stage, name)).toHaveLength(30);
    expect(seen.applied).toHaveLength(30 + 4 + 4 * 30);
  });

  it('cost one call each, and a burst of them one read-back', async () => {
    const stage = await openStage({ settings: { auto_accept_seconds: 0 } });
    stage.start();
    await until(() => stage.worker.sync.state.last !== null);
    stage.sandbox.control.forgetRequests();
    const users = await Promise.all(emails(40).map((email) => stage.users.create(okta, draft(email))));
    await stage.groups.create(
      okta,
      groupDraft('Team'),
      users.map((user) => user.id),
    );
    await stage.quiet();
    const calls = callsOf(stage);
    expect(calls).toMatchObject({
      // The first one tells that the workspace's own key may not invite.
      'POST /api/acme/invites': 41,
      'POST /api/acme/groups': 1,
      'POST /api/acme/groups/:group/memberships': 40,
    });
    const reads = Object.entries(calls).filter(([route]) => route.startsWith('GET '));
    expect(reads.reduce((sum, [, count]) => sum + count, 0)).toBeLessThan(20);
    expect(calls['GET /api/acme/groups/:group/memberships']).toBeLessThan(5);
  });

  it('two admins who go at once leave the last one', async () => {
    const stage = await openStage({
      settings: { latency_ms: 20 },
      mode: {
        members: [
          { email: 'a@x.test', admin: true },
          { email: 'b@x.test', admin: true },
        ],
      },
    });
    const [a, b] = await Promise.all(
      ['a@x.test', 'b@x.test'].map((email) => stage.users.create(okta, draft(email, { admin: true }))),
    );
    stage.start();
    await stage.quiet();
    await Promise.all(
      [a, b].map((user) =>
        stage.users.update(okta, user?.id ?? '', ({ email }) => draft(email ?? '', { active: false })),
      ),
    );
    await until(async () => {
      const { troubled, jobs } = await stage.store.status.status(W, 10);
      return jobs.waiting + jobs.verifying === 0 && troubled.some((one) => one.delivery === 'held');
    });
    expect(stage.sandbox.control.state().members.filter((member) => member.admin)).toHaveLength(1);
    expect(callsOf(stage)['DELETE /api/acme/memberships/:membership']).toBe(1);
  });

  it('of a group that is deleted while another takes its name end with the other', async () => {
    const stage = await openStage({ settings: { latency_ms: 5 } });
    const first = await stage.groups.create(okta, groupDraft('Team'), []);
    stage.start();
    await stage.quiet();
    await stage.groups.remove(okta, first.id);
    await stage.groups.create(okta, groupDraft('Team'), []);
    await stage.quiet();
    expect(stage.sandbox.control.state().groups?.map((group) => group.name)).toEqual(['Team']);
  });
});

describe('two bridges on one PostgreSQL', () => {
  function other(stage: Stage) {
    const { context } = stage;
    const { store, clock, log, workspace } = context;
    const workspaceLease = createWorkspaceLease({ workspace, holder: 'there', store, clock, log });
    return {
      workspaceLease,
      worker: createWorker({ ...context, workspaceLease, requests: stage.store.capabilities }),
    };
  }

  it('never both write: one works, the other waits and takes over', async () => {
    const { seen, target } = watched();
    const stage = await openStage({ engine: 'postgres', settings: { latency_ms: 5 }, target });
    const second = other(stage);
    const stopping = new AbortController();
    stage.start();
    await until(() => stage.worker.sync.holds);
    const working = second.worker.run(stopping.signal);
    await Promise.all(emails(20).map((email) => stage.users.create(okta, draft(email))));
    await stage.quiet();
    expect(second.worker.sync.holds).toBe(false);
    expect(seen.applied).toHaveLength(20);

    await stage.stop();
    await until(() => second.worker.sync.holds);
    await stage.users.create(okta, draft('later@x.test'));
    await stage.quiet();
    expect(seen.applied).toHaveLength(21);
    stopping.abort();
    await working;
  });

  it.each(engines)(
    'one that waits only reads, until the lease of the other is over, on %s',
    async (engine) => {
      const stage = await openStage({ engine });
      const { store, clock, log } = stage.context;
      const first = createWorkspaceLease({ workspace: W, holder: 'first', store, clock, log });
      expect(await first.acquire()).toBe(true);
      const acquireWorkspace = vi.fn(store.acquireWorkspace);
      const watchedStore = { ...store, acquireWorkspace };
      const second = createWorkspaceLease({
        workspace: W,
        holder: 'second',
        store: watchedStore,
        clock,
        log,
      });
      for (let look = 0; look < 3; look += 1) {
        stage.advance(5_000);
        expect(await first.acquire()).toBe(true);
        expect(await second.acquire()).toBe(false);
      }
      expect(acquireWorkspace).not.toHaveBeenCalled();
      stage.advance(30_000);
      expect(await second.acquire()).toBe(true);
      expect(acquireWorkspace).toHaveBeenCalledTimes(1);
      expect(second.fence).toBe(2);
      expect(await first.acquire()).toBe(false);
    },
  );

  it.each(engines)(
    'one that stopped renewing begins no write, and settles nothing, on %s',
    async (engine) => {
      const stage = await openStage({ engine });
      const { store, clock, log } = stage.context;
      const mine = createWorkspaceLease({ workspace: W, holder: 'mine', store, clock, log });
      expect(await mine.acquire()).toBe(true);
      const fence = mine.fence ?? 0;
      await stage.users.create(okta, draft('jane@x.test'));
      const now = clock.now();
      const read = { readAt: now, seenAt: now };
      const [job] = await store.claimJobs({
        workspace: W,
        kind: 'user',
        lane: 'work',
        fence,
        now,
        limit: 1,
        ...read,
      });
      if (job === undefined) throw new Error('There is no job.');
      expect(mine.isHeldFor(20_000)).toBe(true);
      stage.advance(15_000);
      expect(mine.isHeldFor(20_000)).toBe(false);
      stage.advance(16_000);
      expect(mine.fence).toBeUndefined();
      const theirs = createWorkspaceLease({ workspace: W, holder: 'theirs', store, clock, log });
      expect(await theirs.acquire()).toBe(true);
      const delivery = { state: 'verified', reasons: [] } as const;
      const settlement = { job, at: clock.now(), verdict: { kind: 'done' }, delivery } as const;
      expect(await store.settle(settlement)).toBe(false);
      expect(await mine.acquire()).toBe(false);
    },
  );
});

describe('locks', () => {
  it('let one at a time through, in order, and others past', async () => {
    const locks = createLocks();
    const told: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    const first = locks.hold(['a', 'b'], async () => {
      await gate.promise;
      told.push('first');
    });
    const second = locks.hold(['b', 'a'], () => Promise.resolve(told.push('second')));
    const third = locks.hold(['a'], () => Promise.resolve(told.push('third')));
    await locks.hold(['c'], () => Promise.resolve(told.push('other')));
    gate.resolve(undefined);
    await Promise.all([first, second, third]);
    expect(told).toEqual(['other', 'first', 'second', 'third']);
  });

  it('are free again after a failure', async () => {
    const locks = createLocks();
    await expect(locks.hold(['a'], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await locks.hold(['a'], () => Promise.resolve('yes'))).toBe('yes');
  });
});
