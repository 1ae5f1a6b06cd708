/** What the log says of the begin of a window does not depend on which of two writers was first. */
import { expect, it } from 'vitest';
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
