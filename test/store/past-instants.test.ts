/** After a clock that was ahead, no instant is left in the future that would make anything wait. */
import { expect, it } from 'vitest';
import { sql } from 'kysely';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { PAST_INSTANTS } from '../../src/store/tables/past-instants.ts';
import { freshDatabase } from '../databases.ts';

/** Integers that are no instants, by name: counts, flags, numbers of rows and of versions, lengths of time. */
const NUMBERS = new Set([
  ...['position', 'seq', 'previous', 'version', 'after_position', 'until_position', 'id', 'kind'],
  ...['attempts', 'count', 'errors', 'sends', 'member_count', 'settled_count'],
  ...['generation', 'claimed_generation', 'fence', 'precedence', 'status'],
  ...['active', 'admin', 'leaving', 'managed_by_scim', 'parked', 'verifying', 'still_listed', 'writable'],
  ...['requests', 'up_to_position'],
  ...['approved', 'done', 'is_locked', 'worked_ms'],
]);

/** Mended by a statement of their own (`forgetFuture`, `noticeLog`). */
const MENDED_APART = ['jobs.run_at', 'leavers.asked_at', 'notices.due_at', 'read_times.read_at'];

/** Nothing waits for them: why, for each. */
const HARMLESS = {
  'What was recorded stays as it was recorded.': [
    ...[
      'audit_checkpoints.at',
      'changes.at',
      'request_batches.first_at',
      'request_batches.last_at',
      'withdrawals.at',
      'refused_links.at',
    ],
    ...['connections.created_at', 'event_keys.created_at', 'group_members.added_at', 'notices.created_at'],
    ...['groups.created_at', 'groups.updated_at', 'groups.deleted_at', 'invites.updated_at'],
    ...['users.created_at', 'users.updated_at', 'users.deleted_at', 'tokens.created_at', 'tokens.revoked_at'],
    ...['idp_profiles.updated_at', 'idp_warnings.first_at', 'idp_warnings.last_at', 'plans.made_at'],
    ...['leavers.removed_at', 'leavers.verified_at', 'leavers.cancelled_at', 'target_facts.at'],
    ...['undo_plans.from_at', 'undo_plans.to_at', 'undo_plans.made_at', 'tokens.expires_at'],
  ],
  'Only whether they are set counts.': ['leavers.measured_at', 'leavers.reported_at'],
  'They are shown to people, or order a list.': [
    ...['event_streams.polled_at', 'event_streams.last_error_at', 'tasks.closed_at'],
  ],
  'The target says them.': [
    ...['invites.expires_at', 'observed_activity.activated_at', 'observed_activity.last_active_at'],
  ],
  'They are compared with each other, never with now.': ['probes.asked_at'],
  'A lease that its holder does not renew is taken, whatever its end says.': ['workspace_leases.until'],
};

it('every instant is corrected when it is in the future, or is known to be harmless', async () => {
  const engine = openSqlite((await freshDatabase('sqlite')).slice('sqlite:'.length));
  const { rows } = await sql<{ place: string; name: string }>`
    select tables.name || '.' || columns.name as place, columns.name as name
    from sqlite_master as tables, pragma_table_info(tables.name) as columns
    where tables.type = 'table' and tables.name not like 'sqlite%'
      and (columns.type like '%int%' or columns.type like 'double%')`.execute(engine.db);
  await engine.close();
  const instants = rows.filter(({ name }) => !NUMBERS.has(name)).map(({ place }) => place);
  const mended = PAST_INSTANTS.map(([table, column]) => `${table}.${column}`);
  expect(instants.sort()).toEqual([...mended, ...MENDED_APART, ...Object.values(HARMLESS).flat()].sort());
});
