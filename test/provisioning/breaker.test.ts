import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBreaker, NO_REMOVALS, type KnownRemovals } from '../../src/provisioning/gate/breaker.ts';
import { gate } from '../../src/provisioning/gate/gate.ts';
import { operationKey, removalOf } from '../../src/provisioning/gate/removal.ts';
import type { Operation } from '../../src/provisioning/model/operation.ts';
import { memberOf } from '../feed/world.ts';

const WINDOW_MS = 60 * 60_000;
const limits = fc.record({ count: fc.nat(12), percent: fc.nat(100), windowMs: fc.constant(WINDOW_MS) });
const keyOf = (index: number) => `remove_member ${String(index)}`;
const removal = (index: number) => ({ key: keyOf(index), scope: 'members' });

describe('the breaker', () => {
  it('lets leavers through until the next one is above the count and above the share', () => {
    fc.assert(
      fc.property(limits, fc.nat(60), fc.nat(60), fc.nat(20), (limit, people, leavers, before) => {
        const tally = { removed: before, share: people + before };
        const breaker = createBreaker(limit, { ...NO_REMOVALS, tallies: new Map([['members', tally]]) });
        const passed = Array.from({ length: leavers }, (_none, index) => breaker.take(removal(index)));
        const count = passed.filter((taken) => typeof taken === 'object' && 'passed' in taken).length;
        // Worked out from the other side: what may be removed in all, less what was.
        const share = Math.floor(((people + before) * limit.percent) / 100);
        const most = Math.max(limit.count, share);
        expect(count).toBe(Math.min(leavers, Math.max(0, most - before)));
      }),
    );
  });

  it('never holds a single leaver while fewer than the count were removed', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(1_000), (before, people) => {
        const tally = { removed: before, share: people };
        const known = { ...NO_REMOVALS, tallies: new Map([['members', tally]]) };
        const breaker = createBreaker({ count: 5, percent: 10, windowMs: WINDOW_MS }, known);
        expect(breaker.take(removal(0))).toEqual({ passed: { ...removal(0), approved: false } });
      }),
    );
  });

  const tripped: KnownRemovals = {
    ...NO_REMOVALS,
    tallies: new Map([['members', { removed: 50, share: 100 }]]),
  };
  const take = (more: Partial<KnownRemovals>) =>
    createBreaker({ count: 5, percent: 10, windowMs: WINDOW_MS }, { ...tripped, ...more }).take(removal(0));

  it('holds removals above the limits, and names the limits', () => {
    expect(take({})).toEqual({ excess: { count: 5, percent: 10, minutes: 60 } });
  });
  it('lets approved removals and retries of counted ones through', () => {
    expect(take({ decided: new Map([[keyOf(0), 'approved']]) })).toEqual({
      passed: { ...removal(0), approved: true },
    });
    expect(take({ counted: new Set([keyOf(0)]) })).toEqual({ passed: { ...removal(0), approved: false } });
  });
  it('holds a rejected removal, even within the limits and even if it was already counted', () => {
    const decided = new Map([[keyOf(0), 'rejected' as const]]);
    expect(take({ decided, tallies: new Map() })).toBe('rejected');
    expect(take({ decided, counted: new Set([keyOf(0)]) })).toBe('rejected');
  });
});

describe('the members of a group', () => {
  const out = (accountId: string): Operation => ({
    type: 'remove_group_member',
    targetGroupId: 'g',
    accountId,
    groupMembershipId: null,
  });
  const passing = (leaving: KnownRemovals['leaving']) =>
    gate(
      { operations: ['a', 'b', 'c'].map(out), link: 'g', blocked: [], waiting: [] },
      { protectedUsernames: new Set(), breaker: { count: 1, percent: 0, windowMs: WINDOW_MS } },
      { connection: 'live', adminCount: null, memberCount: null, removals: { ...NO_REMOVALS, leaving } },
    );

  it('who leave the workspace are not counted as removals from the group', () => {
    const { operations, removals, held, waiting } = passing(
      new Map([
        ['a', 'gone'],
        ['b', 'first'],
      ]),
    );
    expect(operations.map(operationKey)).toEqual(['remove_group_member g a', 'remove_group_member g c']);
    expect(removals).toEqual([{ key: 'remove_group_member g c', scope: 'group:g', approved: false }]);
    expect([held, waiting.map(({ code }) => code)]).toEqual([[], ['members_leaving']]);
  });
  it('are counted by themselves otherwise', () => {
    expect(passing(new Map()).operations).toEqual([out('a')]);
    expect(passing(new Map()).held.map(({ reason }) => reason.code)).toEqual([
      'too_many_removals',
      'too_many_removals',
    ]);
  });
});

describe('a removal', () => {
  it('of a person, a role, a group and a member is counted by itself; giving something is none', () => {
    const member = memberOf('m1', 'jane');
    const operations: Operation[] = [
      { type: 'remove_member', member },
      { type: 'set_admin', member, admin: false },
      { type: 'delete_group', targetGroupId: 'g', name: 'G' },
      { type: 'remove_group_member', targetGroupId: 'g', accountId: 'm1', groupMembershipId: null },
      { type: 'set_admin', member, admin: true },
      { type: 'add_group_member', targetGroupId: 'g', accountId: 'm1' },
      { type: 'rename_group', targetGroupId: 'g', name: 'H', from: 'G' },
    ];
    expect(operations.map((operation) => removalOf(operation)?.scope ?? null)).toEqual([
      'members',
      'admins',
      'groups',
      'group:g',
      null,
      null,
      null,
    ]);
    expect(new Set(operations.map(operationKey)).size).toBe(operations.length - 1);
  });
});
