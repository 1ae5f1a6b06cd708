/**
 * Mends instants that lie ahead of now: a clock that was ahead for a while has written them, and everything that is
 * compared with them would wait until the clock gets there.
 */
import { sql } from 'kysely';
import type { JobStore } from '../../provisioning/ports/job-store.ts';
import type { Engine } from '../engine/engine.ts';

/** When something was done or seen: no such instant can be ahead. Due times and ends are not in this list. */
const PAST_INSTANTS = [
  ['jobs', 'look_after'],
  ['jobs', 'applied_at'],
  ['observed_members', 'written_at'],
  ['observed_members', 'read_at'],
  ['observed_groups', 'written_at'],
  ['observed_groups', 'read_at'],
  ['observed_groups', 'members_written_at'],
  ['observed_group_members', 'written_at'],
  ['observed_group_members', 'read_at'],
  ['removed_on_mode', 'written_at'],
  ['last_written', 'written_at'],
  ['last_written', 'confirmed_at'],
  ['invites', 'first_sent_at'],
  ['invites', 'sent_at'],
  ['tasks', 'since'],
  ['tasks', 'tried_at'],
  ['holds', 'since'],
  ['holds', 'decided_at'],
  ['capability_routes', 'at'],
  ['probes', 'probed_at'],
  ['probes', 'afresh_at'],
  ['outages', 'since'],
] as const;

export function forgetFuture({ db, write }: Engine): Pick<JobStore, 'forgetFuture'> {
  return {
    forgetFuture: async (workspace, now, latestDue) => {
      const due = db
        .updateTable('jobs')
        .set({ run_at: now })
        .where('workspace', '=', workspace)
        .where('run_at', '>', latestDue);
      const read = db.deleteFrom('read_times').where('workspace', '=', workspace).where('read_at', '>', now);
      const past = PAST_INSTANTS.map(([table, column]) =>
        sql`update ${sql.table(table)} set ${sql.id(column)} = ${now}
          where workspace = ${workspace} and ${sql.id(column)} > ${now}`.compile(db),
      );
      const asked = db
        .updateTable('leavers')
        .set({ asked_at: now })
        .where('workspace', '=', workspace)
        .where('asked_at', '>', now)
        .where('verified_at', 'is', null);
      await write([due.compile(), read.compile(), asked.compile(), ...past].map((query) => ({ query })));
    },
  };
}
