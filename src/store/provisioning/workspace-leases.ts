/** The lease of each workspace: one row, whose fence increases with every new holder. */
import { sql } from 'kysely';
import type { LeaseStore } from '../../provisioning/ports/lease-store.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { prepared, slot } from '../engine/prepared.ts';
import { writtenRows } from '../engine/written-rows.ts';

export function workspaceLeases(engine: Engine): LeaseStore {
  const { db, read, write } = engine;
  const leaseOf = prepared(
    db.selectFrom('workspace_leases').select(['holder', 'until']).where('workspace', '=', slot('workspace')),
  );
  return {
    async acquireWorkspace({ workspace, holder, now, leaseMs, deadUntil, workedMs = 0 }) {
      const until = now + leaseMs;
      const take = db
        .insertInto('workspace_leases')
        .values({ workspace, holder, fence: 1, until, worked_ms: 0 })
        .onConflict((conflict) =>
          conflict
            .column('workspace')
            .doUpdateSet({
              holder,
              until,
              fence: sql<number>`workspace_leases.fence + case when workspace_leases.holder = ${holder} then 0 else 1 end`,
              worked_ms: sql<number>`workspace_leases.worked_ms + case when workspace_leases.holder = ${holder} then ${workedMs} else 0 end`,
            })
            .where((of) =>
              of.or([
                of('workspace_leases.holder', '=', holder),
                of('workspace_leases.until', '<=', now),
                ...(deadUntil === undefined ? [] : [of('workspace_leases.until', '=', deadUntil)]),
              ]),
            ),
        )
        .returning('fence');
      return (await writtenRows(engine, take.compile()))[0]?.fence;
    },

    workspaceLease: async (workspace) => (await read(leaseOf({ workspace })))[0],

    async releaseWorkspace(workspace, holder) {
      const leave = db
        .updateTable('workspace_leases')
        .set({ until: 0 })
        .where('workspace', '=', workspace)
        .where('holder', '=', holder);
      await write([{ query: leave.compile() }]);
    },

    async releaseAllWorkspaces() {
      await write([{ query: db.updateTable('workspace_leases').set({ until: 0 }).compile() }]);
    },
  };
}

/** Makes a write a conflict when another bridge has the workspace, and blocks other bridges until the commit. */
export function stillHolding({ db }: Engine, workspace: string, fence: number): Statement {
  const touch = db
    .updateTable('workspace_leases')
    .set((of) => ({ until: of.ref('until') }))
    .where('workspace', '=', workspace)
    .where('fence', '=', fence);
  return { query: touch.compile(), expect: 1 };
}
