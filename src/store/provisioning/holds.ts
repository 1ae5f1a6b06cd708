/** Held operations: the worker syncs them with plans, and people decide them. */
import { sql, type Selectable } from 'kysely';
import type { ChangeDraft } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { Hold, HoldFilter, HoldStore } from '../../provisioning/gate/hold.ts';
import type { OperationType } from '../../provisioning/model/operation.ts';
import type { RemovalStore } from '../../provisioning/ports/removal-store.ts';
import type { Reason } from '../../provisioning/reason/reason.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { changeStatements } from '../log/change-statements.ts';
import { enqueueJobs } from '../log/job-statements.ts';
import { acceptedStatements } from './accepted-statements.ts';
import { nameKey } from '../tables/keys.ts';
import type { HoldsTable } from '../tables/removal-tables.ts';

type Holds = HoldStore & Pick<RemovalStore, 'syncHolds' | 'endRemovals'>;

export function holds(engine: Engine): Holds {
  return {
    list: list(engine),
    decide: decide(engine),
    openByConnection: openByConnection(engine),
    syncHolds: syncHolds(engine),
    endRemovals: endRemovals(engine),
  };
}

/** Rows of one subject. */
function ofSubject({ db }: Engine, workspace: string, { kind, id }: Subject) {
  return db
    .selectFrom('holds')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('subject_id', '=', id);
}

/** Deletes holds. */
function remove({ db }: Engine, ids: readonly string[]): Statement[] {
  return chunks(ids).map((some) => ({ query: db.deleteFrom('holds').where('id', 'in', some).compile() }));
}

/** Holds that a filter selects, from the oldest. */
function chosen({ db }: Engine, workspace: string, { connectionId, ids, open }: HoldFilter) {
  let query = db
    .selectFrom('holds')
    .leftJoin('connections', 'connections.id', 'holds.connection_id')
    .selectAll('holds')
    .select('connections.name as connection_name')
    .where('holds.workspace', '=', workspace);
  if (connectionId !== undefined) query = query.where('holds.connection_id', '=', connectionId);
  if (ids !== undefined) query = query.where('holds.id', 'in', [...ids, '']);
  if (open === true) query = query.where('holds.decision', 'is', null);
  return query.orderBy('holds.since').orderBy('holds.id');
}

/** Holds, from the oldest; a name is compared as names are. */
function list(engine: Engine): Holds['list'] {
  return async (workspace, { limit, name, ...filter }) => {
    const all = chosen(engine, workspace, filter);
    if (name === undefined) return (await all.limit(limit).execute()).map(toHold);
    const same = (text: string | null) => text !== null && nameKey(text) === nameKey(name);
    const rows = await all.execute();
    return rows
      .filter((row) => same(row.name) || same(row.group_name))
      .slice(0, limit)
      .map(toHold);
  };
}

/** Approves or rejects holds, enqueues their subjects, and returns how many still existed. */
function decide(engine: Engine): Holds['decide'] {
  const { db, write } = engine;
  const wakes = enqueueJobs(engine);
  const changed = changeStatements(engine);
  return async (workspace, ids, { verdict, by, at }) => {
    let decided = 0;
    for (const some of chunks(ids)) {
      const rows = await db
        .selectFrom('holds')
        .select(['id', 'kind', 'subject_id', 'operation', 'name', 'group_name'])
        .where('workspace', '=', workspace)
        .where('id', 'in', some)
        .execute();
      const update = db
        .updateTable('holds')
        .set({ decision: verdict, decided_at: at, decided_by: by })
        .where('workspace', '=', workspace)
        .where('id', 'in', some)
        .returning('id');
      const subjectOf = (row: (typeof rows)[number]): Subject => {
        return { kind: row.kind as Subject['kind'], id: row.subject_id };
      };
      const subjects = rows.map((row) => ({ subject: subjectOf(row), verifying: false }));
      const decisions = rows.map((row): ChangeDraft => ({
        kind: `hold.${verdict}`,
        subject: subjectOf(row),
        data: { hold: row.id, operation: row.operation, name: row.name, group: row.group_name, by },
      }));
      let now = 0;
      const statement: Statement = {
        query: update.compile(),
        returned: (rows) => {
          now = rows.length;
        },
      };
      const statements = [statement, ...wakes(workspace, subjects, at), ...changed(workspace, at, decisions)];
      if ((await write(statements)) === 'committed') decided += now;
    }
    return decided;
  };
}

/** How many holds wait for a decision, by the name of the connection. */
function openByConnection({ db }: Engine): Holds['openByConnection'] {
  return async (workspace) => {
    const { rows } = await sql<{ name: string; n: number }>`select connections.name,
        (select count(*) from holds where holds.workspace = connections.workspace
          and holds.connection_id = connections.id and holds.decision is null) as n
        from connections where connections.workspace = ${workspace} order by connections.name`.execute(db);
    return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
  };
}

/** Replaces the holds of a subject with those of its plan; returns how many are new. */
function syncHolds(engine: Engine): Holds['syncHolds'] {
  const { db, random, write } = engine;
  return async ({ workspace, connectionId, subject }, wanted, at) => {
    const known = await ofSubject(engine, workspace, subject).execute();
    const byKey = new Map(known.map((row) => [row.operation_key, row]));
    const keys = new Set(wanted.map(({ key }) => key));
    const fresh = wanted.filter(({ key }) => !byKey.has(key));
    const inserts = chunks(fresh).map((some) =>
      db
        .insertInto('holds')
        .values(
          some.map(({ operation, key, name, group, reason }) => ({
            ...{ id: random.id(), workspace, connection_id: connectionId, name, group_name: group },
            ...{ kind: subject.kind, subject_id: subject.id, operation, operation_key: key },
            ...{ reason: JSON.stringify(reason), since: at },
            ...{ decision: null, decided_at: null, decided_by: null },
          })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .compile(),
    );
    const updates = wanted.flatMap(({ key, reason }) => {
      const row = byKey.get(key);
      const text = JSON.stringify(reason);
      if (row === undefined || row.reason === text) return [];
      return [db.updateTable('holds').set({ reason: text }).where('id', '=', row.id).compile()];
    });
    const gone = known.filter((row) => !keys.has(row.operation_key)).map((row) => row.id);
    const statements = [...[...inserts, ...updates].map((query) => ({ query })), ...remove(engine, gone)];
    if (statements.length > 0) await write(statements);
    return fresh.length;
  };
}

/** Ends holds and counted removals that the plan of a subject no longer has. */
function endRemovals(engine: Engine): Holds['endRemovals'] {
  const { db, write } = engine;
  return async (workspace, subject, planned) => {
    const held = await ofSubject(engine, workspace, subject).execute();
    const ofRemovals = db
      .selectFrom('removals')
      .select('operation_key')
      .where('workspace', '=', workspace)
      .where('kind', '=', subject.kind)
      .where('subject_id', '=', subject.id)
      .where('done', '=', 0);
    const sent = (await ofRemovals.execute()).map((row) => row.operation_key);
    const ended = sent.filter((key) => !planned.has(key));
    const gone = held.filter((row) => !planned.has(row.operation_key)).map((row) => row.id);
    const statements = [
      ...remove(engine, gone),
      ...acceptedStatements(engine, { workspace, subject, keys: ended }),
    ];
    if (statements.length > 0) await write(statements);
  };
}

function toHold(row: Selectable<HoldsTable> & { readonly connection_name: string | null }): Hold {
  return {
    id: row.id,
    workspace: row.workspace,
    connectionId: row.connection_id,
    connection: row.connection_name ?? row.connection_id,
    subject: { kind: row.kind as Subject['kind'], id: row.subject_id },
    operation: row.operation as OperationType,
    key: row.operation_key,
    name: row.name,
    group: row.group_name,
    reason: JSON.parse(row.reason) as Reason,
    since: row.since,
    decision: row.decision === 'approved' || row.decision === 'rejected' ? row.decision : null,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
  };
}
