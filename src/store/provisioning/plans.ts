/** Plans that were shown, and the step from a plan to a live connection. */
import type { PlannedStep } from '../../provisioning/dry-run/planned-step.ts';
import type { PlanStore } from '../../provisioning/ports/dry-run-store.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { changeStatements } from '../log/change-statements.ts';
import { enqueueJobs } from '../log/job-statements.ts';
import { unparkStatements } from './parked-jobs.ts';
import { packLines, unpackLines } from './packed-lines.ts';
import { removalStatements } from './removal-statements.ts';

/** The plans kept for one connection. */
const KEPT_PLANS = 20;

export function plans(engine: Engine): PlanStore {
  const { db, write } = engine;
  const wakes = enqueueJobs(engine);
  const changed = changeStatements(engine);
  const ofConnection = (connectionId: string) =>
    db.selectFrom('plans').where('connection_id', '=', connectionId);

  return {
    keepPlan: async ({ id, workspace, connectionId, madeAt, steps }) => {
      const document = await packLines(steps);
      const insert = db
        .insertInto('plans')
        .values({ id, workspace, connection_id: connectionId, made_at: madeAt, document })
        .onConflict((conflict) =>
          conflict.columns(['connection_id', 'id']).doUpdateSet({ made_at: madeAt, document }),
        );
      const last = ofConnection(connectionId).select('id').orderBy('made_at', 'desc').limit(KEPT_PLANS);
      const forget = db
        .deleteFrom('plans')
        .where('connection_id', '=', connectionId)
        .where('id', 'not in', last);
      await write([{ query: insert.compile() }, { query: forget.compile() }]);
    },

    keptPlan: async (connectionId, id) => {
      const row = await ofConnection(connectionId).selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      // Only this program writes plans.
      const steps = (await unpackLines(row.document)) as readonly PlannedStep[];
      return { id, workspace: row.workspace, connectionId, madeAt: row.made_at, steps };
    },

    goLive: async ({ connection, position, at, removals, planId = null, by = null }) => {
      const { id, workspace, state } = connection;
      const newer = db
        .selectFrom('changes')
        .select('position')
        .where('workspace', '=', workspace)
        .where('position', '>', position)
        .where('kind', '!=', 'delivery.changed');
      const live = db
        .updateTable('connections')
        .set({ state: 'live' })
        .where('id', '=', id)
        .where('state', '=', state)
        .where((of) => of.not(of.exists(newer)));
      const approved = removals.map((removal) => ({ ...removal, approved: true }));
      const data = { connection: id, before: state, state: 'live', plan: planId, by };
      const statements = [
        { query: live.compile(), expect: 1 },
        ...removalStatements(engine, { workspace, connectionId: id }, approved),
        ...unparkStatements(engine, workspace, at),
        ...changed(workspace, at, [{ kind: 'connection.state_changed', subject: null, data }]),
      ];
      return (await write(statements)) === 'committed';
    },

    enqueue: async (workspace, subjects, at) => {
      for (const some of chunks(subjects)) {
        const asked = some.map((subject) => ({ subject, verifying: false }));
        await write(wakes(workspace, asked, at));
      }
    },
  };
}
