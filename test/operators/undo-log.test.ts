/** What the log says of the begin of a window does not depend on which of two writers was first. */
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/directory/change.ts';
import { createUndoLog } from '../../src/operators/undo/undo-log.ts';

const subject = { kind: 'user', id: 'u' } as const;
const values = { userName: 'ana', externalId: null, email: 'ana@x.test', fullName: null, admin: null };

function entry(position: number, at: number, change: Pick<Change, 'kind' | 'subject' | 'data'>) {
  return {
    change: { ...change, position, at, workspace: 'acme' } as unknown as Change,
    txn: String(position),
  };
}

it('counts what was written after the begin of the window as in it, also before an entry with an earlier time', () => {
  const log = createUndoLog({ after: 3, upTo: 9 }, { from: 100, to: 200 });
  const read = { memberToken: 'm', email: 'bob@x.test', state: 'active', admin: false } as const;
  log.apply(entry(1, 50, { kind: 'user.created', subject, data: { ...values, active: true } }));
  log.apply(
    entry(2, 101, { kind: 'user.updated', subject, data: { ...values, active: false, changed: ['active'] } }),
  );
  // A read of Mode that began before the window, and was written in it.
  log.apply(entry(3, 99, { kind: 'mode.member_changed', subject: null, data: read }));
  expect(log.users.then('u')?.active).toBe(true);
  expect(log.users.now('u')?.active).toBe(false);
  expect(log.isStated('access', 'u')).toBe(false);
});

describe('a change that a read found', () => {
  const account = { memberToken: 'm', email: 'ana@x.test', state: 'active', admin: false };
  const operation = {
    ...{ memberToken: 'm', groupToken: null, person: 'ana@x.test', group: null, changed: {} },
  };
  const OWN: readonly (readonly [string, readonly Pick<Change, 'kind' | 'data'>[]])[] = [
    [
      'the removal of a person',
      [
        { kind: 'mode.group_member_removed', data: { groupToken: 'g', memberToken: 'm' } },
        { kind: 'mode.member_changed', data: { ...account, state: 'former' } },
        { kind: 'operation.applied', data: { ...operation, operation: 'remove_member' } },
      ],
    ],
    [
      'a role',
      [
        { kind: 'mode.member_changed', data: { ...account, admin: true } },
        {
          kind: 'operation.applied',
          data: { ...operation, operation: 'set_admin', changed: { admin: { from: false, to: true } } },
        },
      ],
    ],
    [
      'an address',
      [
        { kind: 'mode.member_changed', data: { ...account, email: 'Ann@x.test' } },
        {
          kind: 'operation.applied',
          data: {
            ...operation,
            operation: 'update_profile',
            changed: { email: { from: 'ana@x.test', to: 'ann@x.test' } },
          },
        },
      ],
    ],
    [
      'a membership',
      [
        { kind: 'mode.group_member_removed', data: { groupToken: 'g', memberToken: 'm' } },
        {
          kind: 'operation.applied',
          data: { ...operation, groupToken: 'g', operation: 'remove_group_member' },
        },
      ],
    ],
    [
      'the name of a group',
      [
        { kind: 'mode.group_changed', data: { groupToken: 'g', name: 'Crew', state: 'active' } },
        {
          kind: 'operation.applied',
          data: {
            ...{ ...operation, memberToken: null, groupToken: 'g', operation: 'rename_group' },
            changed: { name: { from: 'Team', to: 'Crew' } },
          },
        },
      ],
    ],
    [
      'the end of a group',
      [
        { kind: 'mode.group_changed', data: { groupToken: 'g', name: 'Team (deleted)', state: 'active' } },
        { kind: 'mode.group_changed', data: { groupToken: 'g', name: null, state: 'gone' } },
        {
          kind: 'operation.applied',
          data: { ...operation, memberToken: null, groupToken: 'g', operation: 'delete_group' },
        },
      ],
    ],
  ] as const;

  /** @param lateMs how long after the read the operation is entered */
  function handsOf(changes: readonly Pick<Change, 'kind' | 'data'>[], lateMs: number) {
    const log = createUndoLog({ after: 3, upTo: 9 }, { from: 100, to: 200 });
    log.apply(entry(1, 50, { kind: 'mode.member_changed', subject, data: account }));
    log.apply(
      entry(2, 50, {
        ...{ kind: 'mode.group_changed', subject: { kind: 'group', id: 'g1' } },
        data: { groupToken: 'g', name: 'Team', state: 'active' },
      }),
    );
    for (const [index, change] of changes.entries()) {
      const isOperation = change.kind === 'operation.applied';
      const at = isOperation ? 190 + lateMs : 190;
      // An operation after the end of the window has a position after it, too.
      log.apply(entry(isOperation && at > 200 ? 10 : 4 + index, at, { ...change, subject }));
    }
    return log.byHand;
  }

  it.each(OWN)(
    'before the entry of the operation that did it is not done by hand: %s, in the window and over its end',
    (_what, changes) => {
      expect(handsOf(changes, 5)).toEqual([]);
      expect(handsOf(changes, 30_000)).toEqual([]);
    },
  );

  it.each(OWN)(
    'without such an operation is done by hand: %s, also when one comes much later',
    (_what, changes) => {
      expect(handsOf(changes.slice(0, -1), 0).length).toBeGreaterThan(0);
      expect(handsOf(changes, 3_600_000).length).toBeGreaterThan(0);
    },
  );

  it('that an operation reversed is done by hand, also when the bridge makes it later', () => {
    const [, [read, made]] = OWN[1] as unknown as readonly [string, readonly [Change, Change]];
    const back = { ...made, data: { ...made.data, changed: { admin: { from: true, to: false } } } } as Change;
    expect(handsOf([read, back, made], 5)).toEqual([
      { what: 'role', subject, name: 'ana@x.test', group: null },
    ]);
  });
});

it('gives back the groups that a read had found left a moment before the removal was entered', () => {
  const log = createUndoLog({ after: 5, upTo: 9 }, { from: 100, to: 200 });
  const group = { kind: 'group', id: 'g1' } as const;
  log.apply(entry(1, 50, { kind: 'user.created', subject, data: { ...values, active: true } }));
  log.apply(
    entry(2, 50, {
      kind: 'mode.group_member_added',
      subject: group,
      data: { groupToken: 'g', memberToken: 'm' },
    }),
  );
  log.apply(
    entry(6, 150, {
      kind: 'mode.group_member_removed',
      subject: group,
      data: { groupToken: 'g', memberToken: 'm' },
    }),
  );
  const changed = { state: { from: 'active', to: 'former' } };
  const data = { operation: 'remove_member', memberToken: 'm', groupToken: null, person: 'ana@x.test' };
  log.apply(entry(7, 151, { kind: 'operation.applied', subject, data: { ...data, group: null, changed } }));
  expect([...log.touchedMembers]).toEqual([['g1 u', { from: true }]]);
  expect(log.lostInMode.map(({ groupId }) => groupId)).toEqual(['g1']);
});
