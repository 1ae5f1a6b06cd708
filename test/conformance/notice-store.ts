/** What every NoticeStore guarantees, and how notices are kept on it. */
import { describe, expect, it } from 'vitest';
import { keepNotices } from '../../src/notices/keep-notices.ts';
import type { Notice } from '../../src/notices/notice.ts';
import { createUser } from '../../src/directory/user/user-transitions.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import { claimJobs } from '../claims.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';
import type { Store } from '../../src/store/open-store.ts';

const W = 'acme';
const HOUR_MS = 60 * 60_000;
const draft = { kind: 'tasks.opened', text: 'One task', data: { open: 1 } } as const;
const topic = { topic: 'tasks', kind: 'tasks', items: ['a'] };

export function noticeStoreConformance(open: () => Promise<Store>): void {
  describe('notices', () => {
    it('are sent until they are accepted, and a topic stays open until it is over', async () => {
      const { notices } = await open();
      const made = await notices.announce(
        W,
        { before: undefined, topic, notice: draft },
        { at: 10, isSent: true },
      );
      const again = { before: topic.items, topic, notice: draft };
      const logged = await notices.announce(W, again, { at: 11, isSent: false });
      expect(await notices.topics(W)).toEqual([topic]);
      expect(await notices.topics('other')).toEqual([]);
      expect(made).toEqual({
        ...draft,
        id: made?.id,
        workspace: W,
        createdAt: 10,
        state: 'waiting',
        attempts: 0,
        answer: null,
      });
      const id = made?.id ?? '';
      expect(await notices.due(W, 9, 10)).toEqual([]);
      expect(await notices.due(W, 10, 10)).toEqual([made]);
      await notices.settle(id, { state: 'waiting', answer: '500', retryAt: 20 });
      expect(await notices.due(W, 19, 10)).toEqual([]);
      expect(await notices.due(W, 20, 10)).toMatchObject([{ id, attempts: 1, answer: '500' }]);
      // A clock that was ahead when the next try was chosen does not keep it for longer than the longest pause.
      await notices.settle(id, { state: 'waiting', answer: '500', retryAt: 9 * HOUR_MS });
      expect(await notices.due(W, 20, 10)).toHaveLength(1);
      await notices.settle(id, { state: 'delivered', answer: '200', retryAt: null });
      expect(await notices.due(W, 9 * HOUR_MS, 10)).toEqual([]);
      expect(await notices.list(W, 10)).toMatchObject([
        { id: logged?.id, state: 'logged' },
        { id, state: 'delivered', attempts: 3 },
      ]);
      await notices.announce(
        W,
        { before: topic.items, topic: { ...topic, items: [] }, notice: undefined },
        { at: 12, isSent: true },
      );
      expect(await notices.topics(W)).toEqual([]);
    });

    it('are made once by two bridges that have read the same', async () => {
      const { notices } = await open();
      const how = { at: 10, isSent: true };
      const first = { before: undefined, topic, notice: draft };
      const made = await Promise.all([notices.announce(W, first, how), notices.announce(W, first, how)]);
      expect(made.filter((notice) => notice !== undefined)).toHaveLength(1);
      const more = { before: ['a'], topic: { ...topic, items: ['a', 'b'] }, notice: draft };
      expect(await notices.announce(W, more, how)).toBeDefined();
      expect(await notices.announce(W, more, how)).toBeUndefined();
      const over = { before: ['a'], topic: { ...topic, items: [] }, notice: draft };
      expect(await notices.announce(W, over, how)).toBeUndefined();
      expect(await notices.topics(W)).toMatchObject([{ items: ['a', 'b'] }]);
      expect(await notices.list(W, 10)).toHaveLength(2);
    });

    it('find subjects that are blocked for long, without those that wait for a task', async () => {
      const store = await open();
      const subject = (id: string) => ({ kind: 'user', id }) as const;
      const okta: Connection = { id: 'okta', workspace: W, name: 'okta', state: 'live' };
      for (const id of ['u1', 'u2']) {
        const address = `${id}@x.test`;
        const user = { userName: address, externalId: null, active: true, emails: [], email: address };
        const draftUser = { ...user, fullName: null, admin: null, document: '{}' };
        await store.directory.commit(createUser(id, draftUser, { connection: okta, at: 0 }).write);
      }
      const jobs = await claimJobs(store, { workspace: W, now: 1 });
      expect(jobs).toHaveLength(2);
      for (const job of jobs)
        await store.provisioning.settle({
          job,
          at: 2,
          verdict: { kind: 'park', reasons: [reason('bridge_failed')], at: HOUR_MS },
          delivery: { state: 'blocked', reasons: [reason('bridge_failed')] },
          acted: false,
          left: false,
        });
      await store.tasks.write({
        workspace: W,
        subject: subject('u2'),
        at: 3,
        update: [],
        done: [],
        open: [{ id: 't', action: 'invite', what: [], why: '', triedAt: null, link: 'https://x.test' }],
      });
      expect(await store.notices.inTrouble(W, 2, 10)).toEqual([]);
      expect(await store.notices.inTrouble(W, 3, 10)).toEqual([
        { kind: 'user', id: 'u1', name: 'u1@x.test' },
      ]);
    });

    it('are retried with increasing pauses for a day, by the holder of the lease alone', async () => {
      const { notices } = await open();
      let [now, holder] = [0, false];
      const stopping = new AbortController();
      const clock = {
        now: () => now,
        monotonic: () => now,
        sleep: (ms: number) => {
          holder = true;
          // Between the tries nothing happens.
          now += now < 100_000 ? ms : 10 * 60_000;
          if (now > 26 * HOUR_MS) stopping.abort();
          return Promise.resolve();
        },
      };
      const tries: { readonly id: string; readonly at: number }[] = [];
      const webhook = {
        send: ({ id }: Pick<Notice, 'id'>) => {
          tries.push({ id, at: now });
          return Promise.resolve({ isDelivered: false, answer: '503' });
        },
        close: () => Promise.resolve(),
      };
      const outage = { since: 0, reason: reason('target_unauthorized', { answer: 'No.' }) };
      const sources = {
        holds: () => Promise.resolve([]),
        tasks: () => Promise.resolve([]),
        leavers: () => Promise.resolve([]),
        tokens: () => Promise.resolve([]),
        outage: () => Promise.resolve(outage),
      };
      const random = { fraction: () => 1, bytes: () => new Uint8Array(), id: () => 'id' };
      const log = { warn: () => undefined };
      const parts = {
        workspace: W,
        target: 'Mode',
        store: notices,
        sources,
        webhook,
        outageMs: 1,
        clock,
        random,
        log,
      };
      await keepNotices({ ...parts, isHolder: () => holder }, stopping.signal);
      expect(tries[0]?.at).toBeGreaterThan(0);
      expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
      expect(tries.length).toBeGreaterThan(25);
      expect(tries.length).toBeLessThan(45);
      expect(await notices.list(W, 10)).toMatchObject([{ state: 'given_up', kind: 'credentials.opened' }]);
    });
  });
}
