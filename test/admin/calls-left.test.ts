import { expect, it } from 'vitest';
import { factWarnings, viewCallsLeft } from '../../src/admin/calls-left.ts';

const work = { people: 5_000, urgent: 3, groups: 200, groupMembers: 50_000, afterInvites: 7_000 };

it('the calls that are left are shown with the time that they take at the rate of now', () => {
  expect(viewCallsLeft(work, { callsPerSecond: 4 })).toEqual({
    left: 55_200,
    urgent: 3,
    after_invites: 7_000,
    per_second: 4,
    seconds: 13_800,
  });
});

it('many members in one call are one call', () => {
  expect(viewCallsLeft(work, { callsPerSecond: 8, membersInOneCall: 100 })).toMatchObject({
    left: 5_700,
    after_invites: 70,
    seconds: 713,
  });
});

it('there is no estimate before the first call to Mode', () => {
  expect(viewCallsLeft(work, {})).toMatchObject({ left: 55_200, per_second: null, seconds: null });
});

it('permissions that are not understood are shown with their number', () => {
  expect(factWarnings({ collectionRowsNotUnderstood: 0, dataSourceRowsNotUnderstood: 0 })).toEqual([]);
  const [warning = ''] = factWarnings({ collectionRowsNotUnderstood: 7 });
  expect(warning).toContain('7 permissions of collections');
});
