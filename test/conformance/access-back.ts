/** What a reactivation gives back, on every store: exactly what the IdP has not withdrawn. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createGroups } from '../../src/directory/group/groups.ts';
import type { User, UserDraft } from '../../src/directory/user/user.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { statedRoles } from '../../src/scim/codec/stated-roles.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import type { Store } from '../../src/store/open-store.ts';

const WINDOW_MS = 30_000;
const START = 1_000_000;
const RUNS = 25;
const GROUPS = 2;
const okta: Connection = { id: 'okta', workspace: 'acme', name: 'okta', state: 'live' };
const entra: Connection = { id: 'entra', workspace: 'acme', name: 'entra', state: 'live' };

type Step =
  | { readonly what: 'pass'; readonly seconds: number }
  | { readonly what: 'leave' | 'come back' | 'role on' | 'role off' }
  | {
      readonly what: 'add' | 'remove' | 'replace with' | 'replace without' | 'delete group';
      readonly group: number;
    };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('pass'), seconds: fc.constantFrom(5, 20, 31) }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constantFrom('leave', 'come back', 'role on', 'role off') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constantFrom('add', 'remove', 'replace with', 'replace without'),
      group: fc.nat(GROUPS - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('delete group'), group: fc.nat(GROUPS - 1) }),
  },
);

/** What the user must have, worked out from all that the IdP has said about one thing. */
interface Thing {
  held: boolean;
  /** When the IdP last took it away; undefined: it gave it since, or never took it. */
  takenAt?: number | undefined;
}

export function accessBackConformance(open: () => Promise<Store>): void {
  async function setup(windowMs = WINDOW_MS) {
    let now = START;
    const clock: Clock = { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() };
    const store = await open();
    const back = { windowMsOf: () => windowMs, roles: statedRoles };
    const users = createUsers(store.directory, clock, undefined, back);
    const groups = createGroups(store.directory, clock, undefined, back);
    const body = { userName: 'ana@x.test', title: 'Analyst' };
    const { id } = await users.create(okta, readUser(body));
    /** A PATCH: what it does not name stays. */
    const patch = (change: object, by: 'patch' | 'put' = 'patch') =>
      users.update(okta, id, (before) => patched(before, change), undefined, by);
    const makeGroup = async (name: string, members = [id]) => {
      const draft = { displayName: name, externalId: null, document: JSON.stringify({ displayName: name }) };
      return groups.create(okta, draft, members);
    };
    const members = (groupId: string, add: string[], remove: string[]) =>
      groups.update(okta, groupId, (draft) => ({ draft, members: { kind: 'delta', add, remove } }));
    const replace = (groupId: string, all: string[]) =>
      groups.update(okta, groupId, (draft) => ({ draft, members: { kind: 'replace', members: all } }));
    const isIn = async (groupId: string) => (await store.directory.memberIds(groupId)).includes(id);
    return {
      ...{ store, users, groups, id, patch, makeGroup, members, replace, isIn },
      pass: (seconds: number) => {
        now += seconds * 1_000;
      },
      changes: () => store.feed.changesAfter('acme', 0, 1_000),
    };
  }

  describe('access that comes back', () => {
    it('is what the IdP has not withdrawn, and what it took away around the deactivation', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(aStep, { minLength: 4, maxLength: 25 }), async (steps) => {
          const world = await setup();
          const { id } = world;
          const groups = await Promise.all(['a', 'b'].map(async (name) => (await world.makeGroup(name)).id));
          const deleted = new Set<number>();
          await world.patch({ roles: [{ value: 'admin' }] });
          const role: Thing = { held: true };
          const things: Thing[] = [...groups.map(() => ({ held: true })), role];
          let [now, active, leftAt] = [0, true, 0];
          const give = (thing: Thing) => {
            thing.held = true;
            thing.takenAt = undefined;
          };
          const take = (thing: Thing) => {
            // What is taken again from somebody who is away was taken later.
            if (thing.held || (!active && thing.takenAt !== undefined)) thing.takenAt = now;
            thing.held = false;
          };
          for (const step of steps) {
            if ('group' in step && deleted.has(step.group)) continue;
            const groupId = 'group' in step ? (groups[step.group] ?? '') : '';
            const thing = 'group' in step ? (things[step.group] ?? role) : role;
            switch (step.what) {
              case 'pass':
                now += step.seconds;
                world.pass(step.seconds);
                break;
              case 'leave':
                if (active) leftAt = now;
                active = false;
                await world.patch({ active: false });
                break;
              case 'come back':
                if (!active) {
                  for (const each of things) {
                    const wasPart = each.takenAt !== undefined && Math.abs(each.takenAt - leftAt) <= 30;
                    each.held ||= wasPart;
                    each.takenAt = undefined;
                  }
                }
                active = true;
                await world.patch({ active: true });
                break;
              case 'role on':
                give(thing);
                await world.patch({ roles: [{ value: 'admin' }] });
                break;
              case 'role off':
                if (thing.held) take(thing);
                await world.patch({ roles: [] });
                break;
              case 'add':
                give(thing);
                await world.members(groupId, [id], []);
                break;
              case 'remove':
                take(thing);
                await world.members(groupId, [], [id]);
                break;
              case 'replace with':
                give(thing);
                await world.replace(groupId, [id]);
                break;
              case 'replace without':
                if (thing.held) take(thing);
                await world.replace(groupId, []);
                break;
              case 'delete group':
                deleted.add(step.group);
                await world.groups.remove(okta, groupId);
                break;
            }
          }
          const held = await Promise.all(groups.map(world.isIn));
          const admin = (await world.users.get('acme', id)).admin;
          expect([...held, admin]).toEqual(things.map((thing, at) => thing.held && !deleted.has(at)));
        }),
        { numRuns: RUNS },
      );
    });

    it('is an ordinary write with its cause: groups with their members, the role with its attribute', async () => {
      const { patch, makeGroup, members, isIn, changes, pass, id, users, store } = await setup();
      const group = await makeGroup('Finance');
      await patch({ roles: [{ value: 'admin', primary: true }] });
      await members(group.id, [], [id]);
      await patch({ active: false });
      await patch({ roles: [] });
      pass(80 * 24 * 3_600);
      const user = await patch({ active: true });
      expect(user).toEqual(await users.get('acme', id));
      expect([user.active, user.admin, await isIn(group.id)]).toEqual([true, true, true]);
      expect(JSON.parse(user.document)).toMatchObject({
        title: 'Analyst',
        roles: [{ value: 'admin', primary: true }],
      });
      expect((await changes()).slice(-3)).toMatchObject([
        { kind: 'user.updated', data: { active: true, admin: false, changed: ['active'] } },
        { kind: 'user.updated', data: { admin: true, changed: ['roles'], cause: 'given_back' } },
        { kind: 'group.member_added', data: { userId: id, cause: 'given_back' } },
      ]);
      expect((await store.directory.group('acme', group.id))?.version).toBe(3);
      expect(await store.directory.withdrawals('okta', id)).toEqual([]);
    });

    it('does not come back when the window is off', async () => {
      const { patch, makeGroup, members, isIn, id, store } = await setup(0);
      const group = await makeGroup('Finance');
      await members(group.id, [], [id]);
      await patch({ active: false });
      await patch({ active: true });
      expect([await isIn(group.id), await store.directory.withdrawals('okta', id)]).toEqual([false, []]);
    });

    it('does not bring the role back when a PUT reactivates without it', async () => {
      const { patch } = await setup();
      await patch({ roles: [{ value: 'admin' }] });
      await patch({ active: false, roles: [] });
      expect((await patch({ active: true }, 'put')).admin).toBe(false);
    });

    it('is given once when two requests reactivate at once, and a removal at that time is not lost', async () => {
      const { patch, makeGroup, members, isIn, id, changes } = await setup();
      const group = await makeGroup('Finance');
      await members(group.id, [], [id]);
      await patch({ active: false });
      await Promise.all([patch({ active: true }), patch({ active: true }), patch({ active: true })]);
      expect(await isIn(group.id)).toBe(true);
      const given = (await changes()).filter(({ data }) => 'cause' in data);
      expect(given).toHaveLength(1);
      await members(group.id, [], [id]);
      await patch({ title: 'Lead' });
      expect(await isIn(group.id)).toBe(false);
    });

    it('is nothing that another connection took away', async () => {
      const { store, users, groups, patch, makeGroup, members, id, isIn } = await setup();
      const group = await makeGroup('Finance');
      await members(group.id, [], [id]);
      await patch({ active: false });
      expect(await store.directory.withdrawals('entra', id)).toEqual([]);
      await expect(users.update(entra, id, (before) => patched(before, { active: true }))).rejects.toThrow();
      await groups.remove(okta, group.id);
      await patch({ active: true });
      expect(await isIn(group.id)).toBe(false);
    });

    it('is forgotten after a while and when the window is switched off, in pieces', async () => {
      const { store, patch, makeGroup, members, id, isIn, pass } = await setup();
      const group = await makeGroup('Finance');
      await members(group.id, [], [id]);
      pass(1);
      await patch({ active: false });
      expect(await store.withdrawals.prune(START, 10)).toBe(0);
      expect(await store.withdrawals.prune(START + 1, 10)).toBe(1);
      expect(await store.withdrawals.forget('entra', 10)).toBe(0);
      expect(await store.withdrawals.forget('okta', 1)).toBe(1);
      expect(await store.withdrawals.forget('okta', 1)).toBe(0);
      await patch({ active: true });
      expect(await isIn(group.id)).toBe(false);
    });
  });
}

function patched(before: User, change: object): UserDraft {
  const document = { ...(JSON.parse(before.document) as object), ...change };
  return readUser(document, before);
}
