/** A dry run of people and groups: what follows from what, without a store. */
import { describe, expect, it } from 'vitest';
import { countCalls } from '../../src/provisioning/dry-run/count-calls.ts';
import type { DryRunGroup, DryRunPeople, DryRunUser } from '../../src/provisioning/dry-run/dry-run-facts.ts';
import type { DryRunRules } from '../../src/provisioning/dry-run/dry-run-rules.ts';
import { imagineGroups } from '../../src/provisioning/dry-run/imagined-groups.ts';
import { imaginePeople } from '../../src/provisioning/dry-run/imagined-people.ts';
import { planGroups } from '../../src/provisioning/dry-run/plan-groups.ts';
import { comparePlans, identify } from '../../src/provisioning/dry-run/plan-id.ts';
import { planMembers } from '../../src/provisioning/dry-run/plan-members.ts';
import { planPeople } from '../../src/provisioning/dry-run/plan-people.ts';
import type { PlannedStep } from '../../src/provisioning/dry-run/planned-step.ts';
import { unmatchedAccounts } from '../../src/provisioning/dry-run/unmatched-accounts.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import { UNTRIED } from '../../src/provisioning/plan/available-capabilities.ts';

const rules: DryRunRules = {
  connectionId: 'okta',
  policy: { protectedUsernames: new Set() },
  now: 1_000,
  availableTo: () => UNTRIED,
  rejectedOf: () => new Set(),
  onlyWithJob: false,
};

function user(id: string, more: Partial<DryRunUser> = {}): DryRunUser {
  const email = more.email ?? `${id}@x.test`;
  return {
    id,
    userName: id,
    owned: true,
    wanted: true,
    leaving: false,
    accountKey: email,
    createdAt: 0,
    link: null,
    refused: new Set(),
    unaccepted: new Set(),
    connectionId: 'okta',
    email,
    name: null,
    admin: null,
    shown: false,
    hasJob: false,
    ...more,
  };
}

function member(name: string, more: Partial<ObservedMember> = {}): ObservedMember {
  return {
    accountId: `account-${name}`,
    membershipId: null,
    username: name,
    email: `${name}@x.test`,
    name: null,
    state: 'active',
    admin: false,
    managedElsewhere: false,
    writtenAt: null,
    ...more,
  };
}

function group(id: string, name: string, more: Partial<DryRunGroup> = {}): DryRunGroup {
  const facts = { connectionId: 'okta', wanted: true, targetGroupId: null, shown: false, hasJob: false };
  return { id, name, nameKey: name.toLowerCase(), refused: new Set(), ...facts, ...more };
}

function ended<T>(planning: Generator<unknown, T>): T {
  for (;;) {
    const step = planning.next();
    if (step.done === true) return step.value;
  }
}

function peopleOf(users: DryRunUser[], members: ObservedMember[], more: Partial<DryRunRules> = {}) {
  const facts: DryRunPeople = { users, members, invites: new Map() };
  const steps: PlannedStep[] = [];
  for (const found of planPeople(imaginePeople(facts), { ...rules, ...more })) steps.push(...found.steps);
  return told(steps);
}

function groupsOf(groups: DryRunGroup[], onTarget: string[]) {
  const known = onTarget.map((name) => ({ token: `token-${name}`, name, writable: true, writtenAt: null }));
  return told(ended(planGroups(imagineGroups({ groups, onTarget: known }), rules)));
}

function told(steps: readonly PlannedStep[]): readonly string[] {
  return steps.map(({ kind, step, name, from, to, after, why }) => {
    const change = from === null && to === null ? [] : [`${from ?? ''}>${to ?? ''}`];
    const words = [kind, ...(step === null ? [] : [step]), name, ...change];
    const reasons =
      kind === 'blocked' || kind === 'held' || kind === 'rejected' ? why.map(({ code }) => code) : [];
    return [...words, ...reasons, ...(after === null ? [] : [`(${after})`])].join(' ');
  });
}

describe('a dry run of people', () => {
  it('has the role that follows an invite, and the account that is taken over', () => {
    expect(peopleOf([user('ana', { admin: true }), user('ben')], [member('ben')])).toEqual([
      'invite ana@x.test',
      'adopt ben@x.test >member',
      'set_role ana@x.test member>admin (invite accepted)',
    ]);
  });

  it('keeps the last admin until somebody else is one', () => {
    const boss = member('boss', { admin: true });
    const leaver = user('boss', { wanted: false });
    expect(peopleOf([leaver], [boss])).toEqual(['held remove boss@x.test admin> last_admin']);
    expect(peopleOf([leaver, user('zoe', { admin: true })], [boss, member('zoe')])).toEqual([
      'adopt zoe@x.test >member',
      'set_role zoe@x.test member>admin',
      'remove boss@x.test admin> (other steps)',
    ]);
    // Two who leave are not both the last one.
    const both = [leaver, user('cio', { wanted: false })];
    expect(peopleOf(both, [boss, member('cio', { admin: true })])).toEqual([
      'remove boss@x.test admin>',
      'held remove cio@x.test admin> last_admin',
    ]);
  });

  it('invites who gets the address of a leaver once the leaver is gone', () => {
    const address = { email: 'desk@x.test', accountKey: 'desk@x.test' };
    const before = user('old', { ...address, wanted: false, leaving: true });
    const next = user('new', { ...address, createdAt: 1 });
    expect(peopleOf([before, next], [member('desk')])).toEqual([
      'remove desk@x.test member>',
      'invite desk@x.test (other steps)',
    ]);
  });

  it('invites under the address of a leaver whose account no list shows any more only once that is certain', () => {
    const address = { email: 'desk@x.test', accountKey: 'desk@x.test' };
    const link = { token: 'account-desk', origin: 'invited' } as const;
    const before = user('old', { ...address, wanted: false, leaving: true, link });
    const next = user('new', { ...address, createdAt: 1 });
    const facts: DryRunPeople = { users: [before, next], members: [], invites: new Map() };
    const { obstacle } = imaginePeople(facts).matching.of('new');
    expect(obstacle).toEqual({ kind: 'leaving', userName: 'old' });
    expect(peopleOf([before, next], [])).toEqual(['invite desk@x.test (other steps)']);
  });

  it('removes what was invited under an address that the IdP has taken back', () => {
    const moved = user('ana', { email: 'ana.new@x.test', unaccepted: new Set(['ana@x.test']) });
    expect(peopleOf([moved], [member('ana', { state: 'invited' })])).toEqual([
      'remove ana@x.test invited>',
      'invite ana.new@x.test',
    ]);
  });

  it('shows what the gate holds, and leaves others alone', () => {
    const policy = { protectedUsernames: new Set(['key-owner']) };
    const owner = member('ana', { username: 'key-owner' });
    const users = [user('ana', { wanted: false }), user('ben', { connectionId: 'entra', wanted: false })];
    expect(peopleOf(users, [owner, member('ben')], { policy })).toEqual([
      'held remove ana@x.test member> protected_account',
    ]);
  });

  it('shows what somebody has rejected apart, and leaves it alone', () => {
    const users = ['ana', 'ben'].map((name) => user(name, { wanted: false }));
    const rejectedOf = ({ id }: { id: string }) =>
      new Set(id === 'ana' ? ['remove_member account-ana', 'remove_member account-ben'] : []);
    expect(peopleOf(users, [member('ana'), member('ben')], { rejectedOf })).toEqual([
      'remove ben@x.test member>',
      'rejected remove ana@x.test member> removal_rejected',
    ]);
  });

  it('of a connection whose drift is only reported has nobody without a job', () => {
    const gone = user('ana', { wanted: false });
    expect(peopleOf([gone], [member('ana')], { onlyWithJob: true })).toEqual([]);
    expect(peopleOf([{ ...gone, hasJob: true }], [member('ana')], { onlyWithJob: true })).toHaveLength(1);
  });

  it('shows a step that Mode does not do as a task', () => {
    const refused = new Map([['invite', 'No privilege.']] as const);
    const availableTo = () => ({ ...UNTRIED, refused });
    expect(peopleOf([user('ana')], [], { availableTo })).toEqual(['task invite ana@x.test']);
  });

  it('knows the active members that nobody has pushed', () => {
    const members = [member('ana'), member('ben'), member('cyd', { state: 'invited' })];
    const facts: DryRunPeople = { users: [user('ana')], members, invites: new Map() };
    expect(ended(unmatchedAccounts(facts, imaginePeople(facts).matching))).toEqual(['ben@x.test']);
  });
});

describe('a dry run of groups', () => {
  it('gives a group the name that another one leaves', () => {
    const linked = group('a', 'New', { targetGroupId: 'token-Old' });
    expect(groupsOf([group('b', 'Old'), linked], ['Old'])).toEqual([
      'rename_group New Old>New',
      'create_group Old',
    ]);
    const gone = group('z', 'Data', { targetGroupId: 'token-Team', wanted: false });
    expect(groupsOf([group('b', 'Team', { targetGroupId: 'token-Data' }), gone], ['Team', 'Data'])).toEqual([
      'delete_group Team',
      'rename_group Team Data>Team (other steps)',
    ]);
  });

  it('takes over a group that the IdP was shown', () => {
    const shown = group('a', 'Team', { targetGroupId: 'token-Team', shown: true });
    expect(groupsOf([shown], ['Team'])).toEqual(['adopt Team']);
  });
});

describe('a dry run of members', () => {
  /** Everybody is in the group, and the IdP wants nobody there. */
  function membersOf(names: readonly string[], more: Partial<DryRunRules>, leaver: Partial<DryRunUser> = {}) {
    const link = (name: string) => ({ token: `account-${name}`, origin: 'invited' }) as const;
    const users = names.map((name) => user(name, { wanted: false, link: link(name), ...leaver }));
    const people = imaginePeople({ users, members: names.map((name) => member(name)), invites: new Map() });
    const all = { ...rules, ...more };
    ended(planPeople(people, all));
    const team = group('team', 'Team', { targetGroupId: 'token-Team' });
    const onTarget = [{ token: 'token-Team', name: 'Team', writable: true, writtenAt: null }];
    const groups = imagineGroups({ groups: [team], onTarget });
    const observed = names.map((name) => ({
      ...{ targetGroupId: 'token-Team', accountId: `account-${name}`, groupMembershipId: name },
      writtenAt: null,
    }));
    const known = {
      wanted: new Map(),
      observed: new Map([['token-Team', observed]]),
      unread: new Set<string>(),
    };
    return told(planMembers(team, known, { people, groups }, all));
  }

  it('leaves people in their groups while their removal from the workspace is held or was rejected', () => {
    const rejectedOf = ({ id }: { id: string }) => new Set(id === 'ana' ? ['remove_member account-ana'] : []);
    const policy = { protectedUsernames: new Set(['ben']) };
    expect(membersOf(['ana', 'ben', 'cyd'], { rejectedOf, policy })).toEqual([]);
  });

  it('shows the removal of a member whom another connection removes from the workspace as held', () => {
    const more = { connectionId: 'other' };
    expect(membersOf(['ana'], more, { leaving: true })).toEqual([
      'held remove_member ana@x.test members_leaving',
    ]);
  });

  it('shows the removal from a group that somebody has rejected', () => {
    const people = imaginePeople({ users: [], members: [member('ana'), member('ben')], invites: new Map() });
    const team = group('team', 'Team', { targetGroupId: 'token-Team' });
    const onTarget = [{ token: 'token-Team', name: 'Team', writable: true, writtenAt: null }];
    const observed = ['ana', 'ben'].map((name) => ({
      ...{ targetGroupId: 'token-Team', accountId: `account-${name}`, groupMembershipId: name },
      writtenAt: null,
    }));
    const known = {
      wanted: new Map(),
      observed: new Map([['token-Team', observed]]),
      unread: new Set<string>(),
    };
    const rejectedOf = () => new Set(['remove_group_member token-Team account-ana']);
    const after = { people, groups: imagineGroups({ groups: [team], onTarget }) };
    expect(told(planMembers(team, known, after, { ...rules, rejectedOf })).toSorted()).toEqual([
      'rejected remove_member ana@x.test removal_rejected',
      'remove_member ben@x.test',
    ]);
  });
});

describe('a plan', () => {
  const step = (name: string, more: Partial<PlannedStep> = {}): PlannedStep => {
    const subject = { kind: 'user', id: name } as const;
    const none = { step: null, group: null, from: null, to: null, after: null, why: [] };
    return { kind: 'invite', subject, name, ...none, ...more };
  };

  it('has the same id in whichever order its steps were found, and another one for every other step', () => {
    const [ana, ben] = [step('ana'), step('ben')];
    expect(identify([ana, ben]).id).toBe(identify([ben, ana]).id);
    expect(identify([ana]).id).not.toBe(identify([ana, ben]).id);
    expect(identify([step('ana', { kind: 'remove' })]).id).not.toBe(identify([ana]).id);
    expect(identify([step('ana', { after: 'other steps' })]).id).toBe(identify([ana]).id);
  });

  it('differs from another one by the steps that only one of them has', () => {
    const [ana, ben, cyd] = [step('ana'), step('ben'), step('cyd')];
    expect(comparePlans([ana, ben], [ben, cyd])).toEqual({ added: [cyd], removed: [ana] });
  });

  it('counts calls: none for what is only taken over, and one for many members where Mode can', () => {
    const joins = ['a', 'b', 'c'].map((name) => {
      return step(name, { kind: 'add_member', subject: { kind: 'group', id: 'team' } });
    });
    const steps = [step('x'), step('y', { kind: 'adopt' }), step('z', { kind: 'task' }), ...joins];
    expect(countCalls(steps, { perSecond: 4, membersInOneCall: 1 })).toEqual({ calls: 4, seconds: 1 });
    expect(countCalls(steps, { perSecond: 1, membersInOneCall: 100 })).toEqual({ calls: 2, seconds: 2 });
  });
});
