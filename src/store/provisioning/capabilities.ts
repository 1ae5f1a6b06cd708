/** The table of capabilities of each workspace, and its last probe. */
import type {
  CapabilityName,
  CapabilityRoute,
  Findings,
  RouteState,
} from '../../provisioning/capability/capability.ts';
import type { CapabilityStore } from '../../provisioning/capability/capability-book.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { prepared, slot } from '../engine/prepared.ts';

export function capabilities({ db, read, write }: Engine): CapabilityStore {
  const rows = prepared(db.selectFrom('probes').selectAll().where('workspace', '=', slot('workspace')));
  const rowOf = async (workspace: string) => (await read(rows({ workspace })))[0];

  const upsert = (workspace: string, { capability, route, ...values }: CapabilityRoute): Statement => {
    const insert = db.insertInto('capability_routes').values({ workspace, capability, route, ...values });
    const query = insert.onConflict((conflict) =>
      conflict.columns(['workspace', 'capability', 'route']).doUpdateSet(values),
    );
    return { query: query.compile() };
  };

  return {
    routes: async (workspace) => {
      const query = db.selectFrom('capability_routes').selectAll().where('workspace', '=', workspace);
      return (await query.execute()).map(({ capability, route, state, answer, at }): CapabilityRoute => {
        return { capability: capability as CapabilityName, route, state: state as RouteState, answer, at };
      });
    },

    saveRoutes: async (workspace, routes) => {
      await write(routes.map((route) => upsert(workspace, route)));
    },

    replaceRoutes: async (workspace, routes) => {
      const remove = db.deleteFrom('capability_routes').where('workspace', '=', workspace);
      await write([{ query: remove.compile() }, ...routes.map((route) => upsert(workspace, route))]);
    },

    probe: async (workspace) => {
      const row = await rowOf(workspace);
      if (row?.findings == null || row.fingerprint === null || row.probed_at === null) return undefined;
      return {
        fingerprint: row.fingerprint,
        probedAt: row.probed_at,
        afreshAt: row.afresh_at ?? 0,
        findings: JSON.parse(row.findings) as Findings,
      };
    },

    saveProbe: async (workspace, { fingerprint, probedAt, afreshAt, findings }) => {
      const found = JSON.stringify(findings);
      const values = { fingerprint, probed_at: probedAt, afresh_at: afreshAt, findings: found };
      const insert = db.insertInto('probes').values({ workspace, ...values, asked_at: null });
      const query = insert.onConflict((conflict) => conflict.column('workspace').doUpdateSet(values));
      await write([{ query: query.compile() }]);
    },

    probeAskedAt: async (workspace) => (await rowOf(workspace))?.asked_at ?? null,

    askForProbe: async (workspace, asked_at) => {
      const nothing = { fingerprint: null, probed_at: null, afresh_at: null, findings: null };
      const insert = db.insertInto('probes').values({ workspace, ...nothing, asked_at });
      const query = insert.onConflict((conflict) => conflict.column('workspace').doUpdateSet({ asked_at }));
      await write([{ query: query.compile() }]);
    },
  };
}
