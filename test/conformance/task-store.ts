/** What every TaskStore guarantees. */
import { claimJobs } from '../claims.ts';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createUser } from '../../src/directory/user/user-transitions.ts';
import type { NewTask } from '../../src/provisioning/plan/task.ts';
import type { Store } from '../../src/store/open-store.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';

const W = 'acme';
const DAY_MS = 24 * 60 * 60_000;
const subject = { kind: 'user', id: 'u1' } as const;

const MAKE_ADMIN = [reason('task_make_admin', { account: 'jane' })];
const OTHER = [reason('task_make_admin', { account: 'jane@x.test' })];

function task(id: string, more: Partial<NewTask> = {}): NewTask {
  const words = { what: MAKE_ADMIN, why: 'Refused.', link: 'https://mode.test/acme' };
  return { id, action: 'make_admin', ...words, triedAt: null, ...more };
}

export function taskStoreConformance(open: () => Promise<Store>): void {
  const write = (
    store: Store,
    { open: opened = [], update = [], done = [] }: Partial<Parameters<Store['tasks']['write']>[0]>,
    at = 10,
  ) => store.tasks.write({ workspace: W, subject, at, open: opened, update, done });
  const all = (store: Store) => store.tasks.list(W, { closed: true, limit: 100 });

  describe('tasks', () => {
    it('are opened once for a step, however often it is planned', async () => {
      const store = await open();
      await Promise.all([write(store, { open: [task('a')] }), write(store, { open: [task('b')] })]);
      await write(store, { open: [task('c')] });
      expect(await store.tasks.count(W)).toBe(1);
      await write(store, { open: [task('d', { action: 'remove_member' })] });
      expect(await store.tasks.count(W)).toBe(2);
    });

    it('have the connection, the subject and the time', async () => {
      const store = await open();
      const okta: Connection = { id: 'okta', workspace: W, name: 'okta', state: 'live' };
      const state = {
        externalId: null,
        active: true,
        emails: [],
        fullName: null,
        admin: true,
        document: '{}',
      };
      const draft = { ...state, userName: 'jane@x.test', email: 'jane@x.test' };
      await store.directory.commit(createUser('u1', draft, { connection: okta, at: 1 }).write);
      await write(store, { open: [task('a', { triedAt: 9 })] });
      expect(await store.tasks.list(W, { closed: false, limit: 10 })).toEqual([
        {
          ...task('a', { triedAt: 9 }),
          workspace: W,
          subject,
          name: 'jane@x.test',
          askedBy: 'okta',
          since: 10,
          closedAt: null,
          closedBy: null,
        },
      ]);
    });

    it('that a look finds done are closed, and the same step is a new task later', async () => {
      const store = await open();
      await write(store, { open: [task('a')] });
      await write(store, { done: ['a'] }, 20);
      expect(await store.tasks.remembered(W, subject)).toEqual([]);
      expect(await all(store)).toMatchObject([{ id: 'a', closedAt: 20, closedBy: 'done' }]);
      await write(store, { open: [task('b')] }, 30);
      expect((await store.tasks.remembered(W, subject)).map((row) => row.id)).toEqual(['b']);
    });

    it('that a person closes are kept while the request is the same, and cause a read of Mode', async () => {
      const store = await open();
      await write(store, { open: [task('a')] });
      expect(await store.tasks.close(W, 'a', 20)).toBe(true);
      expect(await store.tasks.remembered(W, subject)).toMatchObject([{ id: 'a', closedBy: 'person' }]);
      const claim = { workspace: W, kind: subject.kind, now: 30, lane: 'verify' } as const;
      expect(await claimJobs(store, { ...claim, readAt: 19 })).toEqual([]);
      expect(await claimJobs(store, { ...claim, readAt: 20 })).toMatchObject([{ subject, verifying: true }]);
      await write(store, { done: ['a'] }, 30);
      expect(await store.tasks.remembered(W, subject)).toEqual([]);
      expect(await all(store)).toMatchObject([{ id: 'a', closedAt: 20, closedBy: 'done' }]);
    });

    it('that a person closes wake a job that was parked', async () => {
      const store = await open();
      await store.provisioning.record({ workspace: W, at: 0, enqueue: [{ subject, verifying: false }] });
      const claim = { workspace: W, kind: subject.kind };
      const [job] = await claimJobs(store, { ...claim, now: 1 });
      if (job === undefined) throw new Error('no job');
      const delivery = { state: 'blocked', reasons: MAKE_ADMIN } as const;
      await store.provisioning.settle({
        job,
        at: 2,
        verdict: { kind: 'park', reasons: MAKE_ADMIN, at: 9_999 },
        delivery,
      });
      await write(store, { open: [task('a')] });
      expect(await claimJobs(store, { ...claim, now: 50 })).toEqual([]);
      await store.tasks.close(W, 'a', 60);
      expect(await claimJobs(store, { ...claim, now: 60, lane: 'verify' })).toMatchObject([
        { verifying: true },
      ]);
    });

    it('that a person closes while their job runs have it run again', async () => {
      const store = await open();
      await store.provisioning.record({ workspace: W, at: 0, enqueue: [{ subject, verifying: false }] });
      const claim = { workspace: W, kind: subject.kind };
      const [job] = await claimJobs(store, { ...claim, now: 1 });
      if (job === undefined) throw new Error('no job');
      await write(store, { open: [task('a')] });
      await store.tasks.close(W, 'a', 5);
      const delivery = { state: 'blocked', reasons: MAKE_ADMIN } as const;
      const verdict = { kind: 'park', reasons: MAKE_ADMIN, at: 9_999 } as const;
      await store.provisioning.settle({ job, at: 6, verdict, delivery });
      expect(await claimJobs(store, { ...claim, now: 7, lane: 'verify' })).toMatchObject([
        { verifying: true },
      ]);
    });

    it('are closed once, and only within their workspace', async () => {
      const store = await open();
      await write(store, { open: [task('a')] });
      expect(await store.tasks.close('other', 'a', 20)).toBe(false);
      expect(await store.tasks.close(W, 'nothing', 20)).toBe(false);
      expect(await store.tasks.close(W, 'a', 20)).toBe(true);
      expect(await store.tasks.close(W, 'a', 21)).toBe(false);
    });

    it('are updated when the request changes', async () => {
      const store = await open();
      await write(store, { open: [task('a')] });
      await write(store, { update: [{ id: 'a', what: OTHER, why: 'Because.', triedAt: 11 }] });
      expect(await store.tasks.remembered(W, subject)).toMatchObject([
        { what: OTHER, why: 'Because.', triedAt: 11 },
      ]);
    });

    it('are listed in order, open ones first, no more than asked for', async () => {
      const store = await open();
      await write(store, { open: [task('a')] }, 1);
      await write(store, { done: ['a'] }, 2);
      await write(store, { open: [task('b')] }, 3);
      await write(store, { open: [task('c', { action: 'remove_member' })] }, 4);
      expect((await all(store)).map((row) => row.id)).toEqual(['b', 'c', 'a']);
      expect(await store.tasks.list(W, { closed: true, limit: 2 })).toHaveLength(2);
      expect((await store.tasks.list(W, { closed: false, limit: 10 })).map((row) => row.id)).toEqual([
        'b',
        'c',
      ]);
    });

    it('that are done are forgotten after 90 days, open ones never', async () => {
      const store = await open();
      await write(store, { open: [task('a'), task('b', { action: 'remove_member' })] }, 0);
      await write(store, { done: ['a'] }, 1);
      await write(store, { update: [] }, 91 * DAY_MS);
      expect((await all(store)).map((row) => row.id)).toEqual(['b']);
    });
  });
}
