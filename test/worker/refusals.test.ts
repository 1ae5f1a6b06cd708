import { describe, expect, it } from 'vitest';
import { TargetError, type TargetErrorKind } from '../../src/provisioning/ports/target.ts';
import { createRefusals } from '../../src/worker/running/refusals.ts';

const clock = { now: () => 7, monotonic: () => 7, sleep: () => Promise.resolve() };
const add = { type: 'add_group_member', targetGroupId: 'g', accountId: 'a' } as const;
const rename = { type: 'rename_group', targetGroupId: 'g', name: 'n', from: 'Old' } as const;
const error = (kind: TargetErrorKind) => new TargetError(kind, `Mode said ${kind}.`, { status: 403 });

describe('a refused step of its own', () => {
  it('that is forbidden is for people at once', () => {
    const refusals = createRefusals(1, clock);
    expect(refusals.take(rename, error('forbidden'))).toBe('plan');
    expect([...refusals.steps]).toEqual([['rename_group', { why: 'Mode said forbidden.', at: 7 }]]);
  });
  it('that is only a conclusion of the bridge counts for this try alone', () => {
    const refusals = createRefusals(1, clock);
    expect(refusals.take(rename, new TargetError('forbidden', 'Nothing shows it.'))).toBe('plan');
    expect([...refusals.steps]).toEqual([['rename_group', { why: 'Nothing shows it.', at: null }]]);
  });
  it.each(['refused', 'not_found'] as const)('that is %s is tried three times first', (kind) => {
    expect([1, 2, 3].map((attempt) => createRefusals(attempt, clock).take(rename, error(kind)))).toEqual([
      'fail',
      'fail',
      'plan',
    ]);
  });
  it.each(['unavailable', 'rate_limited', 'unauthorized'] as const)(
    'that is %s is never for people',
    (kind) => {
      const refusals = createRefusals(99, clock);
      expect(refusals.take(rename, error(kind))).toBe('fail');
      expect(refusals.take(add, error(kind))).toBe('fail');
      expect(refusals.endRound()).toBe(false);
    },
  );
  it('that sends nothing cannot be handed over', () => {
    const adopt = { type: 'adopt_group', targetGroupId: 'g', name: 'n' } as const;
    expect(createRefusals(9, clock).take(adopt, error('forbidden'))).toBe('fail');
  });
});

describe('refused changes of the members of a group', () => {
  it('for one person do not keep the others out', () => {
    const refusals = createRefusals(9, clock);
    refusals.applied();
    for (const kind of ['refused', 'not_found', 'forbidden', 'forbidden', 'forbidden'] as const)
      expect(refusals.take(add, error(kind))).toBe('go on');
    expect(refusals.endRound()).toBe(false);
    expect(refusals.steps.size).toBe(0);
  });
  it('that are all forbidden are one task, after three of them', () => {
    const refusals = createRefusals(1, clock);
    expect([1, 2, 3].map(() => refusals.take(add, error('forbidden')))).toEqual(['go on', 'go on', 'plan']);
    expect([...refusals.steps.keys()]).toEqual(['set_group_members']);
  });
  it('that are all forbidden are one task, when there is only one', () => {
    const refusals = createRefusals(1, clock);
    expect(refusals.take(add, error('forbidden'))).toBe('go on');
    expect(refusals.endRound()).toBe(true);
    expect([...refusals.steps.keys()]).toEqual(['set_group_members']);
  });
});
