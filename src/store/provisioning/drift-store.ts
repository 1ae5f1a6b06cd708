/** The drift mode of each connection, and the data of a comparison. */
import { sql } from 'kysely';
import type { Subject } from '../../directory/subject.ts';
import type { DriftMode } from '../../provisioning/drift/drift.ts';
import type { DriftStore } from '../../provisioning/ports/drift-store.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { changeStatements } from '../log/change-statements.ts';
import { driftState } from './drift-state.ts';

export function driftStore(engine: Engine): DriftStore {
  return {
    driftState: driftState(engine),
    driftModes: driftModes(engine),
    setDriftMode: setDriftMode(engine),
    onlyReported: onlyReported(engine),
  };
}

/** The drift mode of a connection, or the fallback where it has none. */
function modeOf(fallback: DriftMode) {
  return sql<DriftMode>`coalesce(connections.drift, ${fallback})`;
}

/** Each connection with its drift mode, or the fallback. */
function driftModes(engine: Engine): DriftStore['driftModes'] {
  const { db } = engine;
  return async (workspace, fallback) => {
    const rows = await db
      .selectFrom('connections')
      .select(['id', modeOf(fallback).as('mode')])
      .where('workspace', '=', workspace)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({ connectionId: row.id, mode: row.mode }));
  };
}

/** Sets the mode of a connection, with a change of the log; false when there is no such connection. */
function setDriftMode(engine: Engine): DriftStore['setDriftMode'] {
  const { db } = engine;
  return async (workspace, connectionId, mode, { by = null, at }) => {
    const update = db
      .updateTable('connections')
      .set({ drift: mode })
      .where('workspace', '=', workspace)
      .where('id', '=', connectionId);
    const data = { connection: connectionId, mode, by };
    const statements = [
      { query: update.compile(), expect: 1 },
      ...changeStatements(engine)(workspace, at, [{ kind: 'connection.drift_set', subject: null, data }]),
    ];
    return (await engine.write(statements)) === 'committed';
  };
}

/** The ids of those subjects whose connection only reports drift. */
function onlyReported(engine: Engine): DriftStore['onlyReported'] {
  const { db } = engine;
  return async (workspace, subjects, fallback) => {
    const reported = new Set<string>();
    const reporting = db
      .selectFrom('connections')
      .select('id')
      .where('workspace', '=', workspace)
      .where(modeOf(fallback), '=', 'report');
    if ((await reporting.limit(1).executeTakeFirst()) === undefined) return reported;
    for (const [kind, table] of [
      ['user', 'users'],
      ['group', 'groups'],
    ] as const) {
      for (const ids of chunks(idsOf(subjects, kind))) {
        const rows = await db
          .selectFrom(table)
          .select('id')
          .where('id', 'in', ids)
          .where('owner_id', 'in', reporting)
          .execute();
        for (const row of rows) reported.add(row.id);
      }
    }
    return reported;
  };
}

function idsOf(subjects: readonly Subject[], kind: Subject['kind']): readonly string[] {
  return [...new Set(subjects.filter((subject) => subject.kind === kind).map((subject) => subject.id))];
}
