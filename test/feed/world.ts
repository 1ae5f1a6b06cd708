/** A small workspace for random steps in any order, through the same ports as in production. */
import { claimJobs } from '../claims.ts';
import fc from 'fast-check';
import type { Clock } from '../../src/clock.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createGroups } from '../../src/directory/group/groups.ts';
import { systemRandom } from '../../src/random.ts';
import { createUnmanagedGroup, createUnmanagedUser } from '../../src/directory/unmanaged.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import type { UserDraft } from '../../src/directory/user/user.ts';
import { memberKey } from '../../src/provisioning/model/observation.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import {
  permissionKey,
  type ObservedPermission,
  type ObservedResource,
  type ReadPermissions,
} from '../../src/provisioning/model/permission.ts';
import { groupChange, memberChange } from '../../src/provisioning/observe/record-applied.ts';
import type { Store } from '../../src/store/open-store.ts';
import { refreshPermissions } from '../../src/worker/reading/refresh-permissions.ts';
import type { WorkContext } from '../../src/worker/work-context.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';

const WHY = reason('last_admin');

export const WORKSPACE = 'acme';
export const okta: Connection = { id: 'okta', workspace: WORKSPACE, name: 'okta', state: 'live' };

/** A clock that tests move. */
export function standingClock(start = 1_000_000): Clock & { pass: (ms: number) => void } {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now,
    pass: (ms) => (now += ms),
    sleep: () => Promise.resolve(),
  };
}

export function draftOf(name: string, more: Partial<UserDraft> = {}): UserDraft {
  const email = `${name}@x.test`;
  return {
    userName: email,
    externalId: `ext-${name}`,
    active: true,
    emails: [{ value: email, type: 'work', primary: true }],
    email,
    fullName: name,
    admin: null,
    document: JSON.stringify({ userName: email, name: { givenName: name, familyName: 'Example' } }),
    ...more,
  };
}

export function memberOf(token: string, name: string, more: Partial<ObservedMember> = {}): ObservedMember {
  return {
    accountId: token,
    membershipId: null,
    username: token,
    email: `${name}@x.test`,
    name: `${name} of Mode`,
    state: 'active',
    admin: false,
    managedElsewhere: false,
    writtenAt: null,
    ...more,
  };
}

const PEOPLE = ['ada', 'bob', 'cyd', 'dee'];
const TEAMS = ['alpha', 'beta', 'gamma'];

export type Step = Readonly<{
  what:
    | 'push_user'
    | 'change_user'
    | 'delete_user'
    | 'push_group'
    | 'change_members'
    | 'delete_group'
    | 'see_member'
    | 'lose_member'
    | 'see_group'
    | 'lose_group'
    | 'see_membership'
    | 'lose_membership'
    | 'link_user'
    | 'link_group'
    | 'show_user'
    | 'show_group'
    | 'permit'
    | 'lose_resource'
    | 'deliver';
  person: number;
  team: number;
  yes: boolean;
  also: boolean;
}>;

export const steps: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    'push_user',
    'push_user',
    'change_user',
    'delete_user',
    'push_group',
    'push_group',
    'change_members',
    'change_members',
    'delete_group',
    'see_member',
    'see_member',
    'lose_member',
    'see_group',
    'lose_group',
    'see_membership',
    'see_membership',
    'see_membership',
    'lose_membership',
    'link_user',
    'link_user',
    'link_group',
    'link_group',
    'show_user',
    'show_group',
    'permit',
    'permit',
    'lose_resource',
    'deliver',
  ),
  person: fc.nat(PEOPLE.length - 1),
  team: fc.nat(TEAMS.length - 1),
  yes: fc.boolean(),
  also: fc.boolean(),
});

/** Runs a step if it is possible. Mode's tokens are `m0`, `g0`, `c0` and so on. */
export function worldOf(store: Store, clock: Clock): (step: Step) => Promise<void> {
  const users = createUsers(store.directory, clock);
  const groups = createGroups(store.directory, clock);
  const userOf = async (person: number) => {
    const name = `${PEOPLE[person] ?? ''}@x.test`;
    const query = {
      where: { op: 'eq', field: { kind: 'column', name: 'userName' }, value: name },
      limit: 1,
    } as const;
    return (await store.directory.users(WORKSPACE, query)).items[0];
  };
  const groupOf = async (team: number) => {
    const value = TEAMS[team] ?? '';
    const query = {
      where: { op: 'eq', field: { kind: 'column', name: 'displayName' }, value },
      limit: 1,
    } as const;
    return (await store.directory.groups(WORKSPACE, query)).items[0];
  };
  const record = (seen: object) =>
    store.provisioning.record({ workspace: WORKSPACE, at: clock.now(), ...seen });
  const resources = new Map<string, ObservedResource>();
  const permissions = new Map<string, ObservedPermission>();
  const readPermissions = () =>
    refreshPermissions(
      {
        workspace: WORKSPACE,
        store: store.provisioning,
        clock,
        // No limit on how much may be gone at once.
        shortReads: { check: (_list: string, merge: (believe: boolean) => unknown) => merge(true) },
        target: {
          // The type makes sure that the read is complete.
          readPermissions: (): Promise<ReadPermissions> =>
            Promise.resolve({
              resources: [...resources.values()],
              permissions: [...permissions.values()],
              unread: new Set(),
              notUnderstood: 0,
            }),
        },
      } as unknown as WorkContext,
      'collection',
    );
  const subjectBehind = async (token: string) => {
    const behind = await store.provisioning.groupsBehind(WORKSPACE, [token]);
    const id = behind.get(token);
    return id === undefined ? null : ({ kind: 'group', id } as const);
  };

  return async ({ what, person, team, yes, also }) => {
    const [name, title] = [PEOPLE[person] ?? '', TEAMS[team] ?? ''];
    const [memberToken, groupToken] = [`m${person}`, `g${team}`];
    switch (what) {
      case 'push_user':
        await users.create(okta, draftOf(name, { active: yes, admin: also })).catch((error: unknown) => {
          expectCode(error, 'uniqueness');
        });
        return;
      case 'change_user': {
        const user = await userOf(person);
        if (user?.ownerId !== 'okta') return;
        await users.update(okta, user.id, () => draftOf(name, { active: yes, admin: also }));
        return;
      }
      case 'delete_user': {
        const user = await userOf(person);
        if (user?.ownerId === 'okta') await users.remove(okta, user.id);
        return;
      }
      case 'push_group': {
        const members = [await userOf(person)].flatMap((user) => (user === undefined ? [] : [user.id]));
        const draft = {
          displayName: title,
          externalId: null,
          document: JSON.stringify({ displayName: title }),
        };
        await groups.create(okta, draft, members).catch((error: unknown) => {
          expectCode(error, 'uniqueness');
        });
        return;
      }
      case 'change_members': {
        const [group, user] = [await groupOf(team), await userOf(person)];
        if (group?.ownerId !== 'okta' || user === undefined) return;
        const members = yes ? { add: [user.id], remove: [] } : { add: [], remove: [user.id] };
        await groups.update(
          okta,
          group.id,
          (before) => ({ draft: before, members: { kind: 'delta', ...members } }) as never,
        );
        return;
      }
      case 'delete_group': {
        const group = await groupOf(team);
        if (group?.ownerId === 'okta') await groups.remove(okta, group.id);
        return;
      }
      case 'see_member': {
        const member = memberOf(memberToken, name, { state: yes ? 'active' : 'invited', admin: yes && also });
        const behind = await store.provisioning.peopleConcerned(WORKSPACE, [member]);
        const id = behind.find((one) => one.memberKey === memberKey(member))?.userId;
        const subject = id === undefined ? null : ({ kind: 'user', id } as const);
        await record({ members: { upsert: [member], remove: [] }, changes: [memberChange(member, subject)] });
        return;
      }
      case 'lose_member': {
        const member = memberOf(memberToken, name, { state: 'former' });
        const known = await store.provisioning.observedMembers(WORKSPACE);
        if (!known.some((one) => one.accountId === memberToken)) return;
        const behind = await store.provisioning.peopleConcerned(WORKSPACE, [member]);
        const id = behind.find((one) => one.memberKey === memberKey(member))?.userId;
        const subject = id === undefined ? null : ({ kind: 'user', id } as const);
        const members = yes ? { upsert: [member], remove: [] } : { upsert: [], remove: [memberToken] };
        await record({ members, changes: [memberChange(member, subject)] });
        return;
      }
      case 'see_group':
      case 'lose_group': {
        const there = what === 'see_group';
        const subject = await subjectBehind(groupToken);
        const group = { token: groupToken, name: title, writable: true, writtenAt: null };
        await record({
          groups: there ? { upsert: [group], remove: [] } : { upsert: [], remove: [groupToken] },
          changes: [groupChange(groupToken, there ? title : null, subject)],
        });
        return;
      }
      case 'see_membership':
      case 'lose_membership': {
        const keys = { targetGroupId: groupToken, accountId: memberToken };
        const row = { ...keys, groupMembershipId: yes ? 'a' : 'b', writtenAt: null };
        const seen = what === 'see_membership';
        await record({
          groupMembers: seen ? { upsert: [row], remove: [] } : { upsert: [], remove: [row] },
          changes: [
            {
              kind: seen ? 'mode.group_member_added' : 'mode.group_member_removed',
              subject: await subjectBehind(groupToken),
              data: { groupToken, memberToken },
            },
          ],
        });
        return;
      }
      case 'link_user': {
        const user = await userOf(person);
        const token = yes ? memberToken : null;
        if (user !== undefined) await record({ links: [{ subject: { kind: 'user', id: user.id }, token }] });
        return;
      }
      case 'link_group': {
        const group = await groupOf(team);
        const token = yes ? groupToken : null;
        if (group !== undefined)
          await record({ links: [{ subject: { kind: 'group', id: group.id }, token }] });
        return;
      }
      case 'show_user': {
        const found = { id: systemRandom.id(), workspace: WORKSPACE, at: clock.now() };
        await store.directory.commit(createUnmanagedUser(found, { email: `${name}@x.test`, name }));
        return;
      }
      case 'show_group':
        await store.directory.commit(
          createUnmanagedGroup({ id: systemRandom.id(), workspace: WORKSPACE, at: clock.now() }, title),
        );
        return;
      case 'permit': {
        const resourceToken = `c${team}`;
        const accessor = also
          ? ({ kind: 'account', token: memberToken } as const)
          : ({ kind: 'group', token: `g${person % TEAMS.length}` } as const);
        const permission = { resourceToken, action: team === 0 ? 'own' : 'view', accessor };
        resources.set(resourceToken, {
          token: resourceToken,
          name: `${title} reports`,
          defaultAccess: yes ? 'view' : null,
        });
        if (yes) permissions.set(permissionKey(permission), permission);
        else permissions.delete(permissionKey(permission));
        await readPermissions();
        return;
      }
      case 'lose_resource': {
        const resourceToken = `c${team}`;
        resources.delete(resourceToken);
        for (const [key, one] of permissions)
          if (one.resourceToken === resourceToken) permissions.delete(key);
        await readPermissions();
        return;
      }
      case 'deliver': {
        const user = await userOf(person);
        if (user === undefined) return;
        const subject = { kind: 'user', id: user.id } as const;
        await record({ enqueue: [{ subject, verifying: false }] });
        const [job] = await claimJobs(store, { workspace: WORKSPACE, now: 9e12 });
        if (job === undefined) return;
        const delivery = { state: yes ? 'verified' : 'blocked', reasons: yes ? [] : [WHY] } as const;
        await store.provisioning.settle({
          job,
          at: clock.now(),
          verdict: { kind: 'done' },
          delivery,
        });
      }
    }
  };
}

function expectCode(error: unknown, code: string): void {
  if ((error as { code?: string }).code !== code) throw error;
}
