/**
 * Corrects instants in the future, which a fast clock has written. Otherwise everything that is compared with them
 * would wait until then.
 */
import { sql } from 'kysely';
import type { JobStore } from '../../provisioning/ports/job-store.ts';
import type { Engine } from '../engine/engine.ts';
import { PAST_INSTANTS } from '../tables/past-instants.ts';

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
