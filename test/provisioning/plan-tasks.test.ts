import { describe, expect, it } from 'vitest';
import type { CapabilityName, CapabilityRoute } from '../../src/provisioning/capability/capability.ts';
import type { DesiredUser } from '../../src/provisioning/model/desired.ts';
import {
  meansFor,
  UNTRIED,
  type AvailableCapabilities,
} from '../../src/provisioning/plan/available-capabilities.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import type { TaskAction } from '../../src/provisioning/plan/task.ts';
import { decidedGroup, decidedUser } from './decided.ts';
import { userState } from './user-state.ts';

const jane: ObservedMember = {
  accountId: 't',
  membershipId: 'm',
  username: 'jane',
  email: 'jane@x.test',
  name: 'Jane Doe',
  state: 'active',
  admin: false,
  managedElsewhere: false,
  writtenAt: null,
};
const refused = (...names: CapabilityName[]): AvailableCapabilities => {
  return { ...UNTRIED, refused: new Map(names.map((name) => [name, `Mode refused ${name}.`])) };
};
const tried = (action: TaskAction): AvailableCapabilities => {
  return { ...UNTRIED, refusedSteps: new Map([[action, { why: 'Mode said no.', at: 7 }]]) };
};

function plan(desired: Partial<DesiredUser>, candidates: ObservedMember[], available: AvailableCapabilities) {
  const known = {
    id: 'u',
    owned: true,
    wanted: true,
    email: 'jane@x.test',
    name: 'Jane Doe',
    admin: null,
  };
  const user = { ...known, accountId: 't', linkOrigin: 'operator' as const, ...desired };
  return decidedUser(userState(user, candidates), { protectedUsernames: new Set() }, available);
}

describe('steps that Mode cannot do are tasks for a person', () => {
  const former = { ...jane, state: 'former' } as const;
  it.each<[string, Partial<DesiredUser>, ObservedMember[], CapabilityName, TaskAction, string]>([
    ['an invite', { accountId: null }, [], 'invite', 'invite', 'Invite jane@x.test'],
    ['8: a former member', {}, [former], 'invite', 'reinstate', 'Let the former member jane@x.test back'],
    ['9: a new admin', { admin: true }, [jane], 'set_admin', 'make_admin', 'Make jane@x.test an admin'],
    [
      '9: an admin no more',
      { admin: false },
      [{ ...jane, admin: true }],
      'set_admin',
      'unmake_admin',
      'Take the admin role from',
    ],
  ])('%s', (_what, desired, candidates, capability, action, words) => {
    const without = plan(desired, candidates, UNTRIED);
    expect(without).toMatchObject({ tasks: [], blocked: null });
    expect(without.operations).toHaveLength(1);
    for (const available of [refused(capability), tried(action)]) {
      const { operations, tasks, blocked, waiting } = plan(desired, candidates, available);
      expect(operations).toEqual([]);
      expect(tasks).toMatchObject([{ action, what: expect.stringContaining(words) as string }]);
      expect(blocked).toContain('Mode');
      expect(waiting).toBeNull();
    }
  });

  it('5: a removal is tried for each person, and then says that they are still active', () => {
    const wanted = { wanted: false };
    expect(plan(wanted, [jane], UNTRIED).operations).toMatchObject([{ type: 'remove_member' }]);
    const { operations, tasks } = plan(wanted, [jane], tried('remove_member'));
    expect(operations).toEqual([]);
    expect(tasks).toMatchObject([
      { action: 'remove_member', what: expect.stringContaining('still active') as string, triedAt: 7 },
    ]);
  });

  it('and nothing is left of it when Mode shows it done', () => {
    expect(plan({ admin: true }, [{ ...jane, admin: true }], refused('set_admin')).tasks).toEqual([]);
    expect(plan({ wanted: false }, [{ ...jane, state: 'former' }], tried('remove_member')).tasks).toEqual([]);
    expect(plan({}, [{ ...jane, state: 'invited' }], refused('invite')).tasks).toEqual([]);
  });

  it('steps that must not be done are not tasks', () => {
    const last = { desired: { wanted: false }, member: { ...jane, admin: true } };
    const desired = {
      id: 'u',
      owned: true,
      wanted: false,
      email: null,
      name: null,
      admin: null,
      accountId: 't',
      linkOrigin: 'auto' as const,
    };
    const state = userState(desired, [last.member], { adminCount: 1 });
    const made = decidedUser(state, { protectedUsernames: new Set() }, tried('remove_member'));
    expect(made.tasks).toEqual([]);
    expect(made.blocked).toContain('last admin');
  });
});

describe("20: what Mode's own SCIM manages", () => {
  const managed = { ...jane, managedElsewhere: true };
  const wishes: [string, Partial<DesiredUser>, ObservedMember][] = [
    ['a removal', { wanted: false }, managed],
    ['a role', { admin: true }, managed],
    ['a way back', {}, { ...managed, state: 'former' }],
  ];
  it.each(wishes)('is never written, and is not a task: %s', (_what, desired, member) => {
    expect(plan(desired, [member], UNTRIED)).toMatchObject({ operations: [], tasks: [] });
    expect(plan(desired, [member], UNTRIED).blocked).toContain("Mode's own SCIM");
  });
  it.each(wishes)('is written where the bridge has its token: %s', (_what, desired, member) => {
    expect(plan(desired, [member], { ...UNTRIED, ownsManaged: true }).operations).toHaveLength(1);
  });
});

describe('10: names and addresses', () => {
  const other = { name: 'Jane Roe', email: 'roe@x.test' };
  it('that differ cause no invite and no task, because people change their own', () => {
    expect(plan(other, [jane], refused('rename'))).toMatchObject({
      operations: [],
      tasks: [],
      blocked: null,
      link: 't',
    });
  });
  it('are changed where there is a route', () => {
    expect(plan(other, [jane], UNTRIED).operations).toEqual([
      { type: 'update_profile', member: jane, change: { name: 'Jane Roe', email: 'roe@x.test' } },
    ]);
  });
  it('are one and the same with other spaces and other letters of an address', () => {
    expect(plan({ name: ' Jane  Doe', email: 'Jane@X.test' }, [jane], UNTRIED).operations).toEqual([]);
  });
  it('that only one side has are equal', () => {
    expect(plan(other, [{ ...jane, name: null, email: null }], UNTRIED).operations).toEqual([]);
    expect(plan({ name: null, email: 'jane@x.test' }, [jane], UNTRIED).operations).toEqual([]);
  });
  it('are not changed in the step that finds out who it is', () => {
    expect(plan({ ...other, email: 'jane@x.test', accountId: null }, [jane], UNTRIED).operations).toEqual([]);
  });
  it('that were refused for this person are left alone', () => {
    expect(plan(other, [jane], tried('update_profile')).operations).toEqual([]);
  });
});

describe('groups that Mode does not let the bridge write', () => {
  const group = { token: 'g', name: 'Data', writable: true, writtenAt: null };
  const desired = {
    id: 'd',
    owned: true,
    wanted: true,
    name: 'Data',
    targetGroupId: 'g',
    members: [],
    conflictingGroup: null,
  };
  const member = (userId: string, accountId: string) => ({ userId, accountId, active: true });
  const inGroup = (accountId: string) => ({
    targetGroupId: 'g',
    accountId,
    groupMembershipId: 'x',
    writtenAt: null,
  });

  it.each<[string, Parameters<typeof decidedGroup>[0], TaskAction]>([
    [
      'made',
      { desired: { ...desired, targetGroupId: null }, linked: undefined, named: [], members: [] },
      'create_group',
    ],
    [
      'renamed',
      { desired: { ...desired, name: 'New' }, linked: group, named: [], members: [] },
      'rename_group',
    ],
    [
      'deleted',
      { desired: { ...desired, wanted: false }, linked: group, named: [], members: [] },
      'delete_group',
    ],
    [
      'filled',
      { desired: { ...desired, members: [member('u', 'a')] }, linked: group, named: [group], members: [] },
      'set_group_members',
    ],
  ])('are %s by a person', (_what, state, action) => {
    expect(decidedGroup(state, UNTRIED)).toMatchObject({ tasks: [], blocked: null });
    for (const available of [refused('groups'), tried(action)]) {
      const made = decidedGroup(state, available);
      expect(made.operations).toEqual([]);
      expect(made.tasks).toMatchObject([{ action }]);
      expect(made.blocked).toContain('Mode');
    }
  });

  it('all changes of its members are one task, with the names of people', () => {
    const state = {
      desired: { ...desired, members: [member('u', 'a'), member('v', 'b')] },
      linked: group,
      named: [group],
    };
    const names = { account: (token: string) => `${token}@x.test`, group: () => 'Data' };
    const known = { ...state, members: [inGroup('c')] };
    const { tasks } = decidedGroup(known, refused('groups'), { names });
    expect(tasks).toMatchObject([{ what: 'In the group "Data", add a@x.test, b@x.test; remove c@x.test.' }]);
  });

  it('20: a group that must not be written is not a task', () => {
    const managed = { ...group, writable: false };
    const made = decidedGroup(
      { desired, linked: managed, named: [managed], members: [inGroup('c')] },
      refused('groups'),
    );
    expect(made).toMatchObject({ operations: [], tasks: [] });
    expect(made.blocked).toContain("Mode's own SCIM");
  });
});

describe('the capabilities of a plan', () => {
  const route = (
    state: CapabilityRoute['state'],
    capability: CapabilityName = 'set_admin',
  ): CapabilityRoute => {
    return { capability, route: 'r', state, answer: 'no', at: 1 };
  };
  const times = { ownsManaged: false, afreshAt: 0, now: 1_000 };
  const task = { id: 'a', action: 'make_admin', what: [], why: 'no', triedAt: 500, closedBy: null } as const;

  it('is refused when every route is, and not before', () => {
    expect(meansFor([route('refused')], [], times).refused.get('set_admin')).toBe('no');
    expect(meansFor([route('refused'), route('not_tried')], [], times).refused.has('set_admin')).toBe(false);
  });
  it('never gives removals up for everybody', () => {
    expect(meansFor([route('refused', 'remove')], [], times).refused.has('remove')).toBe(false);
  });
  it('leaves out steps that were refused for this subject, until a new probe or for a day', () => {
    expect([...meansFor([], [task], times).refusedSteps.keys()]).toEqual(['make_admin']);
    expect(meansFor([], [task], { ...times, afreshAt: 501 }).refusedSteps.size).toBe(0);
    expect(meansFor([], [task], { ...times, now: 500 + 24 * 60 * 60_000 }).refusedSteps.size).toBe(0);
    expect(meansFor([], [{ ...task, triedAt: null }], times).refusedSteps.size).toBe(0);
  });
});
