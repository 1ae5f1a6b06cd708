/** What every ProvisioningStore guarantees. */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createUser } from '../../src/directory/user/user-transitions.ts';
import { createGroups } from '../../src/directory/group/groups.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import type { Subject } from '../../src/directory/subject.ts';
import type { Job, Verdict } from '../../src/provisioning/job/job.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import type { Store } from '../../src/store/open-store.ts';
import { createStates } from '../../src/operators/state/states.ts';
import { claimJobs, type Claiming } from '../claims.ts';
import type { ProvisioningStore } from '../../src/provisioning/ports/provisioning-store.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';

const WHY = reason('bridge_failed');

const W = 'acme';
const okta: Connection = { id: 'okta', workspace: W, name: 'okta', state: 'live' };

function member(token: string, more: Partial<ObservedMember> = {}): ObservedMember {
  const tokens = { accountId: token, membershipId: null, username: token, email: `${token}@x.test` };
  return {
    ...tokens,
    name: null,
    state: 'active',
    admin: false,
    managedElsewhere: false,
    writtenAt: null,
    ...more,
  };
}

const clockAt = (now: number) => ({ now: () => now, monotonic: () => now, sleep: () => Promise.resolve() });

export function provisioningStoreConformance(open: () => Promise<Store>): void {
  const user = (id: string): Subject => ({ kind: 'user', id });
  const ask = (store: Store, ids: string[], at = 0, verifying = false) =>
    store.provisioning.record({
      workspace: W,
      at,
      enqueue: ids.map((id) => ({ subject: user(id), verifying })),
    });
  const claim = (store: Store, now = 10, more: Partial<Claiming> = {}) =>
    claimJobs(store, { workspace: W, now, ...more });
  const settle = (store: Store, job: Job, verdict: Verdict, at = 20) =>
    store.provisioning.settle({
      job,
      at,
      verdict,
      delivery: { state: 'verified', reasons: [] },
    });
  const first = <T>(list: readonly T[]): T => {
    const [item] = list;
    if (item === undefined) throw new Error('nothing there');
    return item;
  };

  describe('a target that is forgotten', () => {
    it('is in the change log, once, and has nothing of the target after it', async () => {
      const store = await open();
      const read = { list: 'members', since: 1, how: 'all', behind: [] } as const;
      await store.provisioning.record({
        ...{ workspace: W, at: 5, read, members: { upsert: [member('a')], remove: [] } },
        changes: [
          {
            kind: 'mode.member_changed',
            subject: null,
            data: { memberToken: 'a', email: 'a@x.test', state: 'active', admin: false },
          },
        ],
      });
      const { log } = store;
      const states = createStates(log, clockAt(100));
      const entries = async () => [...(await states.at(W, new Date(100).toISOString())).entries];
      expect(await entries()).toMatchObject([{ side: 'mode', name: 'a@x.test' }]);
      await store.provisioning.forgetTarget(W, 50);
      await store.provisioning.forgetTarget(W, 60);
      expect(await entries()).toEqual([]);
      const changes = await log.changesUpTo(W, { after: 0, upTo: 1_000, limit: 10 });
      expect(changes.map(({ kind, at }) => `${kind} ${at}`)).toEqual([
        'mode.member_changed 5',
        'mode.forgotten 50',
      ]);
      expect(await store.provisioning.observedMembers(W)).toEqual([]);
    });
  });

  describe('jobs', () => {
    it('are claimed once', async () => {
      const store = await open();
      await ask(store, ['a', 'b', 'c']);
      const claims = await Promise.all([claim(store), claim(store), claim(store)]);
      expect(
        claims
          .flat()
          .map((job) => job.subject.id)
          .sort(),
      ).toEqual(['a', 'b', 'c']);
    });

    it('asked for again while they wait are there once', async () => {
      const store = await open();
      await ask(store, ['a']);
      await ask(store, ['a']);
      expect(await claim(store)).toHaveLength(1);
    });

    it('that are done are deleted, and logged once', async () => {
      const store = await open();
      await ask(store, ['a']);
      const job = first(await claim(store));
      expect(job).toMatchObject({ attempt: 1, lookAfter: null, appliedAt: null, verifying: false });
      expect(await settle(store, job, { kind: 'done' })).toBe(true);
      expect(await claim(store, 1_000)).toEqual([]);
      await ask(store, ['a'], 1_000);
      await settle(store, first(await claim(store, 1_001)), { kind: 'done' });
      expect(await store.feed.changesAfter(W, 0, 10)).toHaveLength(1);
    });

    it('make the delivery of a write pending until they are settled', async () => {
      const store = await open();
      const draft = { userName: 'a', email: 'a@x.test', fullName: null, admin: false, active: true };
      const people = createUsers(store.directory, clockAt(1));
      const { id } = await people.create(okta, { ...draft, emails: [], externalId: null, document: '{}' });
      const delivery = async () => (await store.views.user(W, id))?.onMode.delivery.state;
      expect(await delivery()).toBe('pending');
      await settle(store, first(await claim(store)), { kind: 'done' });
      expect(await delivery()).toBe('verified');
      await people.update(okta, id, (before) => ({ ...before, emails: [], active: false }));
      expect(await delivery()).toBe('pending');
      await settle(store, first(await claim(store)), { kind: 'verify', at: 30 });
      expect(await delivery()).toBe('verified');
    });

    it('asked for while they run are run again, whatever became of them', async () => {
      for (const verdict of [
        { kind: 'done' },
        { kind: 'park', reasons: [WHY], at: 9_999 },
        { kind: 'retry', at: 9_999, reasons: [WHY] },
      ] as const) {
        const store = await open();
        await ask(store, ['a']);
        const job = first(await claim(store));
        await ask(store, ['a'], 15);
        expect(await settle(store, job, verdict)).toBe(true);
        expect(await claim(store, 30)).toHaveLength(1);
      }
    });

    it('of an earlier holder go to the next one after a new read; the first holder can no longer settle them', async () => {
      const store = await open();
      await ask(store, ['a']);
      const lost = first(await claim(store, 10));
      expect(await claim(store, 50)).toEqual([]);
      expect(await claim(store, 109, { holder: 'b' })).toEqual([]);
      // Taken over 100 ms after it was last held, and what is unknown is to be looked for first.
      expect(await claim(store, 150, { holder: 'b', readAt: 149 })).toHaveLength(1);
      expect(await settle(store, lost, { kind: 'done' })).toBe(false);
      expect(await store.feed.changesAfter(W, 0, 10)).toEqual([]);
      const found = first(await claim(store, 260, { holder: 'c' }));
      expect(found).toMatchObject({ lookAfter: 260, attempt: 3 });
      expect(await settle(store, found, { kind: 'done' })).toBe(true);
    });

    it('settled by who lost the workspace are not, even with a lease of their own', async () => {
      const store = await open();
      await ask(store, ['a']);
      const job = first(await claim(store, 10));
      await store.provisioning.acquireWorkspace({ workspace: W, holder: 'b', now: 500, leaseMs: 100 });
      expect(await settle(store, job, { kind: 'done' })).toBe(false);
      expect(await claim(store, 501)).toEqual([]);
    });

    it('that failed wait for a read that began later, whatever asks for them meanwhile', async () => {
      const store = await open();
      await ask(store, ['a']);
      await settle(store, first(await claim(store)), { kind: 'retry', at: 30, reasons: [WHY] }, 20);
      await ask(store, ['a'], 30);
      expect(await claim(store, 40, { readAt: 19 })).toEqual([]);
      const at = { now: 40, readAt: 19, seenAt: 19 };
      expect(await store.provisioning.waitingForRead(W, { user: at, group: at })).toEqual({
        since: 30,
        unsureGroups: false,
        urgent: false,
      });
      expect(first(await claim(store, 40, { readAt: 20 }))).toMatchObject({ lookAfter: 20 });
    });

    it('that were not carried out for certain wait for no read', async () => {
      const store = await open();
      await ask(store, ['a']);
      const retry = { kind: 'retry', at: 30, reasons: [WHY], undone: true } as const;
      await settle(store, first(await claim(store)), retry, 20);
      expect(await claim(store, 40, { readAt: 0 })).toHaveLength(1);
    });

    it('that wait for a read-back need a read that began after they were applied', async () => {
      const store = await open();
      await ask(store, ['a']);
      await settle(store, first(await claim(store)), { kind: 'verify', at: 25 }, 20);
      const lane = 'verify';
      expect(await claim(store, 40, { readAt: 19, lane })).toEqual([]);
      const job = first(await claim(store, 40, { readAt: 20, lane }));
      expect(job).toMatchObject({ verifying: true, appliedAt: 20 });
    });

    it('wait until their time, and parked ones until they are unparked', async () => {
      const store = await open();
      await ask(store, ['a']);
      await settle(store, first(await claim(store)), { kind: 'retry', at: 50, reasons: [WHY] });
      expect(await claim(store, 49)).toEqual([]);
      const again = first(await claim(store, 50));
      expect(again).toMatchObject({ attempt: 2, lookAfter: 20 });
      await settle(store, again, { kind: 'park', reasons: [WHY], at: 9_999 });
      expect(await claim(store, 1_000)).toEqual([]);
      await store.provisioning.unparkJobs(W, 1_000);
      expect(await claim(store, 1_000)).toHaveLength(1);
    });

    it('that run while all are unparked run again, and are not parked by what they saw before', async () => {
      const store = await open();
      await ask(store, ['a']);
      const running = first(await claim(store));
      await store.provisioning.unparkJobs(W, 1_000);
      await settle(store, running, { kind: 'park', reasons: [WHY], at: 9_999 });
      expect(await claim(store, 1_000)).toHaveLength(1);
    });

    it('that are parked can be made due for leavers alone, and keep the number of their tries', async () => {
      const store = await open();
      const users = createUsers(store.directory, clockAt(1));
      const draft = (email: string) => ({
        ...{
          userName: email,
          externalId: null,
          active: true,
          email,
          emails: [],
          fullName: null,
          admin: null,
        },
        document: '{}',
      });
      const stays = await users.create(okta, draft('stays@x.test'));
      const leaver = await users.create(okta, draft('leaver@x.test'));
      await users.remove(okta, leaver.id);
      const jobs = await claim(store, 10);
      expect(jobs.map((job) => job.subject.id).sort()).toEqual([stays.id, leaver.id].sort());
      for (const job of jobs) await settle(store, job, { kind: 'park', reasons: [WHY], at: 9_999 });
      await store.provisioning.unparkUrgentJobs(W, 1_000);
      const again = await claim(store, 1_000);
      expect(again.map((job) => [job.subject.id, job.attempt])).toEqual([[leaver.id, 2]]);
    });

    it('with something to do and those to verify are claimed apart, so that neither waits for the other', async () => {
      const store = await open();
      await ask(store, ['a'], 0, true);
      await ask(store, ['b'], 5);
      const claimed = async (lane: 'work' | 'verify') =>
        (await claim(store, 10, { lane })).map((job) => [job.subject.id, job.verifying]);
      expect(await claimed('verify')).toEqual([['a', true]]);
      expect(await claimed('work')).toEqual([['b', false]]);
      expect(await claimed('verify')).toEqual([]);
    });

    it('that take access away come first, and can be claimed alone, however many wait', async () => {
      const store = await open();
      const { directory } = store;
      const draft = (email: string, admin: boolean | null = null) => ({
        ...{ userName: email, externalId: null, active: true, email, emails: [], fullName: null, admin },
        document: '{}',
      });
      const make = async (email: string, admin: boolean | null = null) => {
        const made = await createUsers(directory, clockAt(1)).create(okta, draft(email, admin));
        return made.id;
      };
      const [leaver, demoted, never] = [
        await make('leaver@x.test'),
        await make('demoted@x.test', false),
        await make('never@x.test', false),
      ];
      await ask(
        store,
        Array.from({ length: 2_000 }, (_none, at) => `new-${at}`),
        1,
      );
      await store.provisioning.record({
        workspace: W,
        at: 1,
        members: { upsert: [member('t-demoted', { admin: true })], remove: [] },
        links: [{ subject: user(demoted), token: 't-demoted' }],
      });
      await createUsers(directory, clockAt(5)).remove(okta, leaver);
      await ask(store, [demoted, never], 6);
      const held = await store.provisioning.acquireWorkspace({
        workspace: W,
        holder: 'a',
        now: 10,
        leaseMs: 100,
      });
      expect(await store.provisioning.areJobsDue(W, held ?? 0, 10, 'urgent')).toBe(true);
      const { people, urgent: first } = await store.status.workLeft(W);
      expect([people, first]).toEqual([2_003, 2]);
      const next = await claim(store, 10, { limit: 3 });
      expect(next.slice(0, 2).map((job) => job.subject.id)).toEqual([leaver, demoted]);
      expect(next[2]?.subject.id).toBe('new-0');
      await store.provisioning.releaseJobs(next);
      expect((await claim(store, 10, { lane: 'urgent' })).map((job) => job.subject.id)).toEqual([
        leaver,
        demoted,
      ]);
      expect(await store.provisioning.areJobsDue(W, held ?? 0, 10, 'urgent')).toBe(false);
    });

    it('of groups need a call for each member that Mode has too few or too many', async () => {
      const store = await open();
      const clock = clockAt(1);
      const ids = [];
      for (const name of ['a', 'b', 'c']) {
        const person = {
          userName: name,
          externalId: null,
          active: true,
          email: null,
          emails: [],
          document: '{}',
        };
        const made = await createUsers(store.directory, clock).create(okta, {
          ...person,
          fullName: null,
          admin: null,
        });
        ids.push(made.id);
      }
      const draft = (displayName: string) => ({ displayName, externalId: null, document: '{}' });
      const groups = createGroups(store.directory, clock);
      const known = await groups.create(okta, draft('Known'), ids);
      await groups.create(okta, draft('New'), ids);
      const row = { targetGroupId: 'g', accountId: 't', groupMembershipId: 'm', writtenAt: null };
      await store.provisioning.record({
        workspace: W,
        at: 2,
        groupMembers: { upsert: [row], remove: [] },
        links: [{ subject: { kind: 'group', id: known.id }, token: 'g' }],
      });
      const left = { people: 3, urgent: 0, groups: 1, groupMembers: 5, afterInvites: 0 };
      expect(await store.status.workLeft(W)).toEqual(left);
      const invites = [{ kind: 'sent', email: 'a@x.test', expiresAt: null, userId: ids[0] ?? '' }] as const;
      await store.provisioning.record({ workspace: W, at: 3, invites });

      expect(await store.status.workLeft(W)).toEqual({ ...left, groupMembers: 3, afterInvites: 2 });
      const { people } = await store.status.workLeft('other');
      expect(people).toBe(0);
    });

    it('given back are as if never tried', async () => {
      const store = await open();
      await ask(store, ['a']);
      await store.provisioning.releaseJobs(await claim(store));
      expect(first(await claim(store))).toMatchObject({ attempt: 1, lookAfter: null });
    });
  });

  describe('facts about the target', () => {
    it('is given back, each fact as it was last, by workspace', async () => {
      const { provisioning, status } = await open();
      expect(await status.facts(W)).toEqual({});
      await provisioning.saveFacts(W, { seatLimitReached: true, callsPerSecond: 4 }, 1);
      await provisioning.saveFacts(W, { callsPerSecond: 7.5 }, 2);
      await provisioning.saveFacts('other', { seatLimitReached: false }, 3);
      expect(await status.facts(W)).toEqual({ seatLimitReached: true, callsPerSecond: 7.5 });
    });
  });

  describe('a workspace', () => {
    const hold = (store: Store, holder: string, now: number) =>
      store.provisioning.acquireWorkspace({ workspace: W, holder, now, leaseMs: 100 });

    it('has one holder at a time, and the next one has a higher fence', async () => {
      const store = await open();
      const fences = await Promise.all(['a', 'b', 'c'].map((holder) => hold(store, holder, 0)));
      expect(fences.filter((fence) => fence !== undefined)).toEqual([1]);
      const winner = ['a', 'b', 'c'][fences.indexOf(1)] ?? '';
      expect(await hold(store, winner, 99)).toBe(1);
      expect(await hold(store, 'd', 198)).toBeUndefined();
      expect(await hold(store, 'd', 199)).toBe(2);
      expect(await hold(store, winner, 200)).toBeUndefined();
    });

    it('that is left is free at once, and is not left by who does not hold it', async () => {
      const store = await open();
      await hold(store, 'a', 0);
      await store.provisioning.releaseWorkspace(W, 'b');
      expect(await hold(store, 'b', 1)).toBeUndefined();
      await store.provisioning.releaseWorkspace(W, 'a');
      expect(await hold(store, 'b', 1)).toBe(2);
    });
  });

  describe('the observed state of Mode', () => {
    it('is returned as it was recorded, and deleted when it is removed', async () => {
      const { provisioning } = await open();
      const rows = [
        member('t1'),
        member('t2', { admin: true, writtenAt: 5 }),
        member('x', { accountId: null, state: 'invited' }),
      ];
      await provisioning.record({
        workspace: W,
        at: 1,
        members: { upsert: rows, remove: [] },
        read: { list: 'members', since: 1, how: 'lite', behind: [] },
      });
      expect(new Set(await provisioning.observedMembers(W))).toEqual(new Set(rows));
      expect(await provisioning.readTimes(W)).toEqual({ members: 1, groups: null });
      await provisioning.record({
        workspace: W,
        at: 2,
        members: { upsert: [], remove: ['email:x@x.test', 't1'] },
      });
      expect(await provisioning.observedMembers(W)).toEqual([rows[1]]);
    });

    it('is doubted of the groups of whoever left, and those groups are looked at', async () => {
      const store = await open();
      const { provisioning } = store;
      const groupMembers = [{ targetGroupId: 'g', accountId: 't1', groupMembershipId: 'gm', writtenAt: 5 }];
      await provisioning.record({
        workspace: W,
        at: 1,
        groups: { upsert: [{ token: 'g', name: 'Team', writable: true, writtenAt: null }], remove: [] },
        groupMembers: { upsert: groupMembers, remove: [] },
        links: [{ subject: { kind: 'group', id: 'group-1' }, token: 'g' }],
        read: { list: { targetGroupId: 'g' }, since: 1, how: 'group_memberships', behind: [] },
      });
      expect((await provisioning.observedGroupMembers(W, 'g')).current).toBe(true);
      await provisioning.record({
        workspace: W,
        at: 2,
        members: { upsert: [member('t1', { state: 'former' })], remove: [] },
      });
      const after = await provisioning.observedGroupMembers(W, 'g');
      expect(after).toEqual({
        rows: [{ ...groupMembers[0], writtenAt: null }],
        current: false,
        readAt: null,
      });
      const jobs = await claim(store, 10, { kind: 'group', lane: 'verify' });
      expect(jobs.map((job) => [job.subject, job.verifying])).toEqual([
        [{ kind: 'group', id: 'group-1' }, true],
      ]);
    });

    it('keeps the link of an operator who linked the account while it was read', async () => {
      const { provisioning, directory } = await open();
      const draft = { userName: 'jane', externalId: null, active: true, email: null, emails: [] };
      const jane = await createUsers(directory, clockAt(1)).create(okta, {
        ...{ ...draft, fullName: null, admin: null, document: '{}' },
      });
      await provisioning.setLink(W, user(jane.id), 't1', 1);
      await provisioning.record({ workspace: W, at: 2, links: [{ subject: user('row'), token: 't1' }] });
      expect(await provisioning.linkTo(W, 'user', 't1')).toMatchObject({ subject: user(jane.id) });
      await provisioning.record({ workspace: W, at: 3, links: [{ subject: user(jane.id), token: null }] });
      await provisioning.record({ workspace: W, at: 4, links: [{ subject: user(jane.id), token: 't2' }] });
      expect(await provisioning.linkTo(W, 'user', 't2')).toMatchObject({ origin: 'auto' });
    });

    it('is put together with the person it is about: by link first, else by address', async () => {
      const { provisioning, directory } = await open();
      const draft = {
        userName: 'jane',
        externalId: null,
        active: true,
        emails: [],
        fullName: null,
        admin: null,
        document: '{}',
      };
      const jane = createUser('jane', { ...draft, email: 'T1@x.test' }, { connection: okta, at: 1 });
      const sam = createUser(
        'sam',
        { ...draft, userName: 'sam', email: 't1@x.test' },
        { connection: okta, at: 2 },
      );
      await directory.commit(jane.write);
      await provisioning.record({
        workspace: W,
        at: 1,
        members: { upsert: [member('t1'), member('t2')], remove: [] },
      });
      const byAddress = await userState(provisioning, 'jane');
      expect(byAddress?.match).toMatchObject({ by: 'address', member: { accountId: 't1' } });
      await provisioning.record({ workspace: W, at: 1, links: [{ subject: user('jane'), token: 't2' }] });
      const byLink = await userState(provisioning, 'jane');
      expect(byLink?.match).toMatchObject({ by: 'link', member: { accountId: 't2' } });
      expect(byLink?.desired).toMatchObject({
        owned: true,
        wanted: true,
        accountId: 't2',
        linkOrigin: 'auto',
      });
      await directory.commit(sam.write);
      // Jane's account is another one, so this one is free.
      expect((await userState(provisioning, 'sam'))?.match).toMatchObject({
        by: 'address',
        member: { accountId: 't1' },
      });
      await provisioning.record({ workspace: W, at: 1, links: [{ subject: user('jane'), token: null }] });
      expect((await userState(provisioning, 'sam'))?.match).toMatchObject({
        member: null,
        obstacle: { kind: 'conflict', userName: 'jane' },
      });
      expect((await userState(provisioning, 'jane'))?.match).toMatchObject({ obstacle: null });
    });

    it('a linked account does not match another user, whatever the address', async () => {
      const { provisioning, directory } = await open();
      const draft = {
        externalId: null,
        active: true,
        emails: [],
        fullName: null,
        admin: null,
        document: '{}',
      };
      const jane = createUser(
        'jane',
        { ...draft, userName: 'jane', email: 'new@x.test' },
        { connection: okta, at: 1 },
      );
      const thief = createUser(
        'thief',
        { ...draft, userName: 'thief', email: 't1@x.test' },
        { connection: okta, at: 2 },
      );
      await directory.commit(jane.write);
      await directory.commit(thief.write);
      await provisioning.record({
        workspace: W,
        at: 1,
        members: { upsert: [member('t1')], remove: [] },
        links: [{ subject: user('jane'), token: 't1' }],
      });
      expect((await userState(provisioning, 'thief'))?.match).toMatchObject({
        member: null,
        obstacle: { kind: 'conflict', userName: 'jane' },
      });
    });
  });
}

async function userState(store: ProvisioningStore, id: string) {
  const state = await store.subjectState(W, { kind: 'user', id }, 0);
  return state?.kind === 'user' ? state.user : undefined;
}
