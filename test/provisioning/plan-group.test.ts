import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesiredGroup, DesiredMember } from '../../src/provisioning/model/desired.ts';
import type { ObservedGroup, ObservedGroupMember } from '../../src/provisioning/model/observed.ts';
import type { GroupState } from '../../src/provisioning/plan/plan-group.ts';
import { decidedGroup } from './decided.ts';

const onMode = (token: string, name = 'Team', writable = true): ObservedGroup => ({
  token,
  name,
  writable,
  writtenAt: null,
});
const inGroup = (accountId: string, groupMembershipId: string | null = 'gm'): ObservedGroupMember => {
  return { targetGroupId: 'g', accountId, groupMembershipId, writtenAt: null };
};
const wants = (accountId: string | null, active = true): DesiredMember => ({
  userId: `u-${String(accountId)}`,
  accountId,
  active,
});

function plan(desired: Partial<DesiredGroup>, state: Partial<Omit<GroupState, 'desired'>> = {}) {
  const known = {
    id: 'd',
    owned: true,
    wanted: true,
    name: 'Team',
    targetGroupId: null,
    members: [],
    conflictingGroup: null,
  };
  return decidedGroup({
    desired: { ...known, ...desired },
    linked: undefined,
    named: [],
    members: [],
    ...state,
  });
}

const linked = { linked: onMode('g'), named: [onMode('g')] };
const g = { targetGroupId: 'g' };

describe('a group that is wanted', () => {
  it('and not there is created', () => {
    expect(plan({}).operations).toEqual([{ type: 'create_group', name: 'Team' }]);
  });
  it('is the one of exactly that name when there is one', () => {
    const made = plan({}, { named: [onMode('g')] });
    expect(made).toMatchObject({ operations: [{ type: 'adopt_group', targetGroupId: 'g' }], link: 'g' });
  });
  it('is not guessed when two groups have the name', () => {
    const made = plan({}, { named: [onMode('g'), onMode('h')] });
    expect(made.operations).toEqual([]);
    expect(made.blocked).toContain('2 groups');
  });
  it('is renamed when the link has another name', () => {
    const made = plan(g, { linked: onMode('g', 'Old') });
    expect(made.operations).toEqual([
      { type: 'rename_group', targetGroupId: 'g', name: 'Team', from: 'Old' },
    ]);
  });
  it('gets its members while another group has its name', () => {
    const made = plan({ ...g, members: [wants('a')] }, { linked: onMode('g', 'Old'), named: [onMode('h')] });
    expect(made.operations).toEqual([{ type: 'add_group_member', targetGroupId: 'g', accountId: 'a' }]);
    expect(made.blocked).toContain('another group');
  });
  it('that is built in or managed is never written', () => {
    const made = plan({}, { named: [onMode('g', 'Team', false)] });
    expect(made.operations).toEqual([]);
    expect(made.blocked).not.toBeNull();
  });
  it('takes people who have not accepted their invite later', () => {
    const made = plan({ ...g, members: [wants('a', false), wants(null, false)] }, linked);
    expect(made.operations).toEqual([]);
    expect(made.waiting).not.toBeNull();
  });
  it('keeps a member that a read of the workspace missed', () => {
    const made = plan({ ...g, members: [wants('a', false)] }, { ...linked, members: [inGroup('a')] });
    expect(made.operations).toEqual([]);
  });
  it('takes out every membership of one person', () => {
    const made = plan(g, { ...linked, members: [inGroup('a', 'gm1'), inGroup('a', 'gm2')] });
    expect(
      made.operations.map((operation) => 'groupMembershipId' in operation && operation.groupMembershipId),
    ).toEqual(['gm1', 'gm2']);
  });
});

describe('a group that is not wanted', () => {
  const gone = { ...g, wanted: false };
  it('is deleted when it is linked', () => {
    expect(plan(gone, linked).operations).toEqual([
      { type: 'delete_group', targetGroupId: 'g', name: 'Team' },
    ]);
  });
  it('stays when another pushed group matches it', () => {
    expect(plan({ ...gone, conflictingGroup: { displayName: 'Team' } }, linked).operations).toEqual([]);
  });
  it('that was never linked needs nothing, whatever has its name', () => {
    expect(plan({ wanted: false }, { named: [onMode('g')] }).operations).toEqual([]);
  });
  it('that nobody ever pushed is left alone', () => {
    expect(plan({ ...gone, owned: false }, linked).operations).toEqual([]);
  });
});

it('applying a plan to the observed state gives the wanted state, and the next plan is empty', () => {
  const tokens = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
  fc.assert(
    fc.property(tokens, tokens, (wanted, present) => {
      const desired = { ...g, members: wanted.map((token) => wants(token)) };
      const after = new Set<string>(present);
      for (const operation of plan(desired, { ...linked, members: present.map((token) => inGroup(token)) })
        .operations) {
        if (operation.type === 'add_group_member') after.add(operation.accountId);
        if (operation.type === 'remove_group_member') after.delete(operation.accountId);
      }
      expect(after).toEqual(new Set(wanted));
      const again = plan(desired, { ...linked, members: [...after].map((token) => inGroup(token)) });
      expect(again.operations).toEqual([]);
    }),
  );
});
