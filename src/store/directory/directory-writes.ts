/** The steps of directory writes, as statements with their expected row counts. */
import { sql, type CompiledQuery } from 'kysely';
import type {
  DirectoryStep,
  DirectoryStore,
  DirectoryWrite,
  OnGroupTouched,
} from '../../directory/directory-store.ts';
import type { Email } from '../../directory/user/user.ts';
import { changeStatements } from '../log/change-statements.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { askForJobs } from '../log/job-statements.ts';
import { idList } from '../engine/id-list.ts';
import { jsonSql } from '../engine/json-sql.ts';
import { prepared, slot } from '../engine/prepared.ts';
import { groupRow, groupSlots } from '../tables/groups.ts';
import { nameKey } from '../tables/keys.ts';
import { leaverStatements } from '../provisioning/leavers.ts';
import { withdrawalStatements } from './withdrawals.ts';
import { userRow, userSlots } from '../tables/users.ts';

export function directoryWrites(engine: Engine): Pick<DirectoryStore, 'commit'> {
  const statements = directoryStatements(engine);
  return { commit: (write, touched) => engine.write(statements(write, touched)) };
}

/** All statements of one write, for a transaction with further statements. */
export function directoryStatements(
  engine: Engine,
): (write: DirectoryWrite, touched?: OnGroupTouched) => readonly Statement[] {
  const statements = stepStatements(engine);
  const jobs = askForJobs(engine);
  const changes = changeStatements(engine);
  return (write, touched) => [
    ...write.steps.flatMap((step) => statements(step, write, touched)),
    ...jobs(write.workspace, write.subjects, write.at, created(write.steps)),
    ...changes(write.workspace, write.at, write.changes, write.requestId),
  ];
}

/** The new subject of a write. A write creates at most one, with its first step. */
function created(steps: readonly DirectoryStep[]): string | undefined {
  const first = steps[0];
  if (first?.step === 'create_user') return first.user.active ? first.user.id : undefined;
  return first?.step === 'create_group' ? first.group.id : undefined;
}

function stepStatements(
  engine: Engine,
): (step: DirectoryStep, write: DirectoryWrite, touched?: OnGroupTouched) => Statement[] {
  const { db } = engine;
  const ids = sql<string>`${jsonSql(engine.name).ids(slot('ids'))}`;
  const present = (table: 'users' | 'groups') =>
    db
      .updateTable(table)
      .where('id', '=', slot('id'))
      .where('workspace', '=', slot('workspace'))
      .where('deleted_at', 'is', null);
  const ofVersion = (table: 'users' | 'groups') =>
    present(table).where('version', '=', slot<number>('expected'));
  const buried = { deleted_at: slot<number>('at'), updated_at: slot<number>('at') };
  // Both use the old row, because SQL computes all values before it changes any.
  const leaving = sql<0 | 1>`case when active = 1 then 1 else leaving end`;
  const wanted = sql<boolean>`${slot<number>('active')} = 1`;
  const accountAfter = {
    account_key: sql<string | null>`case when ${wanted} then ${slot('email_key')} else account_key end`,
    leaving: sql<0 | 1>`case when ${wanted} then 0 else ${leaving} end`,
  };

  // Two names that only an earlier version distinguished stay until one of them is changed.
  const keptKey = (name: 'user_name' | 'display_name') =>
    sql<string>`case when ${sql.ref(name)} = ${slot(name)} then ${sql.ref(`${name}_key`)} else ${slot(`${name}_key`)} end`;
  const createUser = prepared(
    db
      .insertInto('users')
      .values({ ...userSlots(), deleted_at: null, account_key: slot('email_key'), leaving: 0 }),
  );
  const updateUser = prepared(
    ofVersion('users').set({ ...userSlots(), ...accountAfter, user_name_key: keptKey('user_name') }),
  );
  const deleteUser = prepared(ofVersion('users').set({ ...buried, leaving }));
  const forgetAddresses = prepared(db.deleteFrom('user_addresses').where('user_id', '=', slot('id')));
  const addAddress = prepared(
    db.insertInto('user_addresses').values({ user_id: slot('id'), address_key: slot('address') }),
  );
  const createGroup = prepared(db.insertInto('groups').values({ ...groupSlots(), deleted_at: null }));
  const updateGroup = prepared(
    ofVersion('groups').set({ ...groupSlots(), display_name_key: keptKey('display_name') }),
  );
  const deleteGroup = prepared(ofVersion('groups').set(buried));
  const restoreGroup = prepared(
    db
      .updateTable('groups')
      .set({ ...groupSlots(), deleted_at: null })
      .where('id', '=', slot('id'))
      .where('workspace', '=', slot('workspace'))
      .where('deleted_at', 'is not', null)
      .where('version', '=', slot<number>('expected')),
  );
  const release = (table: 'users' | 'groups') =>
    prepared(
      ofVersion(table).set((of) => ({
        owner_id: null,
        version: of('version', '+', 1),
        updated_at: slot<number>('at'),
      })),
    );
  const releases = { user: release('users'), group: release('groups') };
  const touchGroup = prepared(
    present('groups')
      .set((of) => ({ version: of('version', '+', 1), updated_at: slot<number>('at') }))
      .returning('version'),
  );
  const addMembers = prepared(
    db
      .insertInto('group_members')
      .columns(['group_id', 'user_id', 'added_at'])
      .expression(
        db
          .selectFrom('users')
          // PostgreSQL does not see from the insert what these two are.
          .select(sql<string>`cast(${slot('groupId')} as text)`.as('group_id'))
          .select('id as user_id')
          .select(sql<number>`cast(${slot('at')} as bigint)`.as('added_at'))
          .where('workspace', '=', slot('workspace'))
          .where('deleted_at', 'is', null)
          .where('id', 'in', ids),
      ),
  );
  const removeMembers = prepared(
    db.deleteFrom('group_members').where('group_id', '=', slot('groupId')).where('user_id', 'in', ids),
  );

  const withdrawals = withdrawalStatements(engine);
  const leavers = leaverStatements(engine);

  const one = (query: CompiledQuery): Statement => ({ query, expect: 1 });
  const addressStatements = (id: string, emails: readonly Email[]): Statement[] =>
    [...new Set(emails.map((email) => nameKey(email.value)))].map((address) => ({
      query: addAddress({ id, address }),
    }));

  return (step, write, touched) => {
    const { workspace, at } = write;
    switch (step.step) {
      case 'create_user':
        return [one(createUser({ ...userRow(step.user) })), ...addressStatements(step.user.id, step.emails)];
      case 'update_user': {
        const { user, emails } = step;
        return [
          one(updateUser({ ...userRow(user), expected: user.version - 1 })),
          { query: forgetAddresses({ id: user.id }) },
          ...addressStatements(user.id, emails),
        ];
      }
      case 'delete_user':
        return [one(deleteUser({ id: step.id, workspace, at, expected: step.version }))];
      case 'release_user':
        return [one(releases.user({ id: step.id, workspace, at, expected: step.version }))];
      case 'release_group':
        return [one(releases.group({ id: step.id, workspace, at, expected: step.version }))];
      case 'create_group':
        return [one(createGroup({ ...groupRow(step.group) }))];
      case 'update_group':
        return [one(updateGroup({ ...groupRow(step.group), expected: step.group.version - 1 }))];
      case 'delete_group':
        return [one(deleteGroup({ id: step.id, workspace, at, expected: step.version }))];
      case 'restore_group':
        return [one(restoreGroup({ ...groupRow(step.group), expected: step.group.version - 1 }))];
      case 'touch_group':
        return [
          {
            query: touchGroup({ id: step.id, workspace, at }),
            expect: 1,
            returned: ([row]) => touched?.(step.id, Number(row?.['version'])),
          },
        ];
      case 'add_members': {
        const { groupId, userIds } = step;
        const query = addMembers({ groupId, at, workspace, ids: idList(userIds) });
        return [{ query, expect: userIds.length }];
      }
      case 'remove_members': {
        const { groupId, userIds } = step;
        const query = removeMembers({ groupId, ids: idList(userIds) });
        return [{ query, expect: userIds.length }];
      }
      case 'add_withdrawals':
      case 'repeat_withdrawals':
      case 'remove_withdrawals':
      case 'end_withdrawals':
        return [withdrawals(step, write)];
      case 'start_leaver':
      case 'cancel_leaver':
        return [leavers(step, write)];
    }
  };
}
