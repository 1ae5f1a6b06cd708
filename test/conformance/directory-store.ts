/** What every DirectoryStore guarantees. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createGroups } from '../../src/directory/group/groups.ts';
import type { User, UserDraft } from '../../src/directory/user/user.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import type { Store } from '../../src/store/open-store.ts';
import { claimJobs } from '../claims.ts';

const clock: Clock = { now: () => 1_000, monotonic: () => 1_000, sleep: () => Promise.resolve() };
const okta: Connection = { id: 'okta', workspace: 'acme', name: 'okta', state: 'live' };
const entra: Connection = { id: 'entra', workspace: 'acme', name: 'entra', state: 'live' };
const elsewhere: Connection = { id: 'other', workspace: 'other', name: 'other', state: 'live' };

function draft(userName: string, more: Partial<UserDraft> = {}): UserDraft {
  const emails = [{ value: `${userName}@x.test`, type: 'work', primary: true }];
  const known = {
    userName,
    externalId: null,
    active: true,
    emails,
    email: `${userName}@x.test`,
    fullName: null,
  };
  const document = JSON.stringify({ userName, active: true, title: 'Analyst' });
  return { ...known, admin: null, document, ...more };
}

/** A draft that changes nothing. */
const same = (before: User): UserDraft => ({ ...before, emails: [] });

const group = (displayName: string) => ({
  displayName,
  externalId: null,
  document: JSON.stringify({ displayName }),
});
const find = (name: 'userName' | 'displayName' | 'externalId' | 'id', value: string) =>
  ({ where: { op: 'eq', field: { kind: 'column', name }, value }, limit: 10 }) as const;

export function directoryStoreConformance(open: () => Promise<Store>): void {
  const setup = async () => {
    const store = await open();
    return {
      store,
      users: createUsers(store.directory, clock),
      groups: createGroups(store.directory, clock),
    };
  };

  describe('a directory', () => {
    it('returns what was written', async () => {
      const { store, users } = await setup();
      const made = await users.create(
        okta,
        draft('jane', { admin: true, externalId: '1', fullName: 'Jane' }),
      );
      expect(await users.get(okta.workspace, made.id)).toEqual(made);
      expect((await store.directory.users('acme', find('userName', 'JANE'))).items).toEqual([made]);
      expect((await store.directory.users('acme', find('externalId', '1'))).total).toBe(1);
    });

    it('treats documents as equal whatever the order of their keys', async () => {
      const { users } = await setup();
      const made = await users.create(okta, draft('jane', { document: '{"userName":"jane","active":true}' }));
      const turned = '{"active":true,"userName":"jane"}';
      expect(await users.update(okta, made.id, (before) => ({ ...same(before), document: turned }))).toEqual(
        made,
      );
    });

    it('pages in an order that stays, with the number of all', async () => {
      const { store, users } = await setup();
      for (const name of ['a', 'b', 'c', 'd', 'e']) await users.create(okta, draft(name));
      const pages = await Promise.all(
        [0, 2, 4, 6].map((offset) => store.directory.users('acme', { offset, limit: 2 })),
      );
      expect(pages.map((page) => page.total)).toEqual([5, 5, 5, 5]);
      expect(new Set(pages.flatMap((page) => page.items.map((user) => user.userName)))).toEqual(
        new Set('abcde'),
      );
      expect(pages.map((page) => page.items.length)).toEqual([2, 2, 1, 0]);
    });

    it('takes one of many that create the same userName at once', async () => {
      const { users } = await setup();
      const tries = ['jane', 'JANE', 'Jane', 'jane'].map((name) => users.create(okta, draft(name)));
      const results = await Promise.allSettled(tries);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'uniqueness' });
      }
    });

    it('gives a deleted userName free, and shows the deleted person to nobody', async () => {
      const { store, users } = await setup();
      const first = await users.create(okta, draft('jane'));
      await users.remove(okta, first.id);
      await expect(users.get(okta.workspace, first.id)).rejects.toMatchObject({ code: 'not_found' });
      const second = await users.create(okta, draft('jane'));
      expect(second.id).not.toBe(first.id);
      expect((await store.directory.users('acme', { offset: 0, limit: 10 })).items).toEqual([second]);
    });

    it('keeps one version for each of many updates at once', async () => {
      const { users } = await setup();
      const { id } = await users.create(okta, draft('jane'));
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          users.update(okta, id, (before) => ({
            ...same(before),
            document: JSON.stringify({ ...(JSON.parse(before.document) as object), [`a${index}`]: index }),
          })),
        ),
      );
      const after = await users.get(okta.workspace, id);
      expect(after.version).toBe(11);
      expect(Object.keys(JSON.parse(after.document) as object)).toHaveLength(13);
    });

    it('leaves version and time alone when nothing changes', async () => {
      const { users } = await setup();
      const made = await users.create(okta, draft('jane'));
      expect(await users.update(okta, made.id, same)).toEqual(made);
    });

    it('loses none of fifty members added at once, beside members removed and a rename', async () => {
      const { store, users, groups } = await setup();
      const people = await Promise.all(
        Array.from({ length: 60 }, (_, index) => users.create(okta, draft(`u${index}`))),
      );
      const ids = people.map((user) => user.id);
      const { id } = await groups.create(okta, group('Team'), ids.slice(50));
      const add = (userId: string) =>
        groups.update(okta, id, (before) => ({
          draft: before,
          members: { kind: 'delta', add: [userId], remove: [] },
        }));
      const remove = (userId: string) =>
        groups.update(okta, id, (before) => ({
          draft: before,
          members: { kind: 'delta', add: [], remove: [userId] },
        }));
      const rename = () => groups.update(okta, id, () => ({ draft: group('Crew') }));
      await Promise.all([...ids.slice(0, 50).map(add), ...ids.slice(50).map(remove), rename()]);
      const members = await store.directory.members(id, '', 1_000);
      expect(new Set(members.map((member) => member.userId))).toEqual(new Set(ids.slice(0, 50)));
      expect((await groups.get(okta.workspace, id)).displayName).toBe('Crew');
    });

    it('has a member once however often they are added, at once too', async () => {
      const { store, users, groups } = await setup();
      const user = await users.create(okta, draft('jane'));
      const { id } = await groups.create(okta, group('Team'), [user.id, user.id]);
      const add = () =>
        groups.update(okta, id, (before) => ({
          draft: before,
          members: { kind: 'delta', add: [user.id], remove: [] },
        }));
      await Promise.all([add(), add(), add()]);
      expect(await store.directory.members(id, '', 1_000)).toHaveLength(1);
    });

    it('takes a deleted person out of their groups', async () => {
      const { store, users, groups } = await setup();
      const user = await users.create(okta, draft('jane'));
      const { id } = await groups.create(okta, group('Team'), [user.id]);
      await users.remove(okta, user.id);
      expect(await store.directory.members(id, '', 1_000)).toEqual([]);
      expect((await groups.get(okta.workspace, id)).version).toBe(2);
    });

    it('refuses a member whom the workspace does not have, and writes nothing', async () => {
      const { store, users, groups } = await setup();
      const foreign = await users.create(elsewhere, draft('jane'));
      await expect(groups.create(okta, group('Team'), [foreign.id])).rejects.toMatchObject({
        code: 'invalid_value',
      });
      expect((await store.directory.groups('acme', { offset: 0, limit: 1 })).total).toBe(0);
    });

    it('lets a connection write only what it owns', async () => {
      const { users, groups } = await setup();
      const user = await users.create(okta, draft('jane'));
      const { id } = await groups.create(okta, group('Team'), []);
      await expect(users.update(entra, user.id, same)).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(users.remove(entra, user.id)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(groups.remove(entra, id)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(users.create(entra, draft('JANE'))).rejects.toMatchObject({ code: 'uniqueness' });
    });

    it('never shows one workspace to another', async () => {
      const { store, users } = await setup();
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,12}$/), { maxLength: 4 }),
          async (names) => {
            for (const name of names) {
              const mine = await users.create(okta, draft(name)).catch(() => undefined);
              if (mine === undefined) continue;
              expect(await store.directory.user('other', mine.id)).toBeUndefined();
              expect((await store.directory.users('other', find('id', mine.id))).total).toBe(0);
              await expect(users.update(elsewhere, mine.id, same)).rejects.toMatchObject({
                code: 'not_found',
              });
              await expect(users.remove(elsewhere, mine.id)).rejects.toMatchObject({ code: 'not_found' });
            }
            expect((await store.directory.users('other', { offset: 0, limit: 1 })).total).toBe(0);
          },
        ),
        { numRuns: 10 },
      );
    });

    it('writes the change and the job with the write, or nothing', async () => {
      const { store, users } = await setup();
      const { id } = await users.create(okta, draft('jane'));
      await users.create(okta, draft('jane')).catch(() => undefined);
      const changes = await store.feed.changesAfter('acme', 0, 10);
      expect(changes.map(({ kind, subject }) => [kind, subject?.id])).toEqual([['user.created', id]]);
      const jobs = await claimJobs(store, { workspace: 'acme', now: 2_000 });
      expect(jobs.map((job) => job.subject)).toEqual([{ kind: 'user', id }]);
    });

    it('numbers changes in the order in which they become visible', async () => {
      const { store, users } = await setup();
      const writing = { done: false };
      const told: number[] = [];
      const reader = (async () => {
        let after = 0;
        for (let last = false; ;) {
          const changes = await store.feed.changesAfter('acme', after, 100);
          told.push(...changes.map((change) => change.position));
          after = changes.at(-1)?.position ?? after;
          if (last && changes.length === 0) return;
          last = writing.done;
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await Promise.all(Array.from({ length: 100 }, (_, index) => users.create(okta, draft(`u${index}`))));
      writing.done = true;
      await reader;
      // A change that became visible behind the reader's cursor would be missing.
      expect(told).toHaveLength(100);
      expect(told).toEqual([...told].sort((a, b) => a - b));
    });
  });
}
