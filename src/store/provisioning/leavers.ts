/** Leavers: statements that start, stop and end their clocks, and reads. */
import { sql, type Kysely, type Selectable } from 'kysely';
import type { DirectoryWrite } from '../../directory/directory-store.ts';
import type { LeaverStep } from '../../directory/leaver-step.ts';
import type { Leaver } from '../../provisioning/leaver/leaver.ts';
import type { LeaverStore } from '../../provisioning/leaver/leaver-store.ts';
import type { Observation } from '../../provisioning/model/observation.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { prepared, slot } from '../engine/prepared.ts';
import { writtenRows } from '../engine/written-rows.ts';
import { toChange } from '../log/to-change.ts';
import type { LeaversTable } from '../tables/leaver-tables.ts';
import type { Database } from '../tables/schema.ts';

/** Other writes may come between the end of the log that a settlement has read and its own changes. */
const POSITIONS_AFTER = 1_000;

const logEnd = sql<number>`coalesce((select max(position) from changes), 0)`;

function openLeavers(db: Kysely<Database>) {
  return db.updateTable('leavers').where('verified_at', 'is', null).where('cancelled_at', 'is', null);
}

export function leaverStatements({
  db,
  random,
}: Engine): (step: LeaverStep, write: Pick<DirectoryWrite, 'workspace' | 'at' | 'requestId'>) => Statement {
  const start = prepared(
    db
      .insertInto('leavers')
      .values({
        id: slot('id'),
        workspace: slot('workspace'),
        user_id: slot('userId'),
        name: slot('name'),
        connection_id: slot('connectionId'),
        cause: slot('cause'),
        request_id: slot<string | null>('requestId'),
        asked_at: slot<number>('at'),
        after_position: logEnd,
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const cancel = prepared(
    openLeavers(db)
      .set({ cancelled_at: slot<number>('at') })
      .where('user_id', '=', slot('userId')),
  );
  return (step, { workspace, at, requestId = null }) => {
    if (step.step === 'cancel_leaver') return { query: cancel({ userId: step.userId, at }) };
    const { userId, name, connectionId, cause } = step;
    const values = { id: random.id(), workspace, userId, name, connectionId, cause, requestId, at };
    return { query: start(values) };
  };
}

/** The target accepted the removal. */
export function removedLeaverStatements({ db }: Engine, { leavers = [], at }: Observation): Statement[] {
  return leavers.map(({ userId, account }) => ({
    query: openLeavers(db).set({ removed_at: at, account }).where('user_id', '=', userId).compile(),
  }));
}

/** A read has shown it. */
export function verifiedLeaverQuery({ db }: Engine, userId: string, at: number) {
  return openLeavers(db).set({ verified_at: at, until_position: logEnd }).where('user_id', '=', userId);
}

export function leaverStore(engine: Engine): LeaverStore {
  return {
    list: list(engine),
    open: open(engine),
    changesOf: changesOf(engine),
    takeMeasured: takeMeasured(engine),
    takeOverdue: takeOverdue(engine),
    prune: prune(engine),
  };
}

/** Leavers of the workspace. */
function leavers({ db }: Engine, workspace: string) {
  return db.selectFrom('leavers').selectAll().where('workspace', '=', workspace);
}

/** Marks some of the selected rows, and returns those that no other bridge has marked. */
async function take(
  engine: Engine,
  column: 'measured_at' | 'reported_at',
  workspace: string,
  condition: ReturnType<typeof sql<boolean>>,
  now: number,
  limit: number,
): Promise<readonly Leaver[]> {
  const { db } = engine;
  const due = db
    .selectFrom('leavers')
    .select('id')
    .where('workspace', '=', workspace)
    .where(column, 'is', null)
    .where('cancelled_at', 'is', null)
    .where(condition)
    .orderBy('asked_at')
    .limit(limit);
  const update = db
    .updateTable('leavers')
    .set({ [column]: now })
    .where('id', 'in', due)
    .where(column, 'is', null)
    .returningAll();
  return (await writtenRows(engine, update.compile())).map(toLeaver);
}

/** A page of leavers, newest first. */
function list(engine: Engine): LeaverStore['list'] {
  return async (workspace, { from, before, limit }) => {
    let query = leavers(engine, workspace).where('asked_at', '>=', from);
    if (before !== undefined)
      query = query.where(({ eb, or, and }) =>
        or([eb('asked_at', '<', before.at), and([eb('asked_at', '=', before.at), eb('id', '<', before.id)])]),
      );
    const rows = await query.orderBy('asked_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toLeaver);
  };
}

/** Leavers whose clock still runs: how many, and the oldest. */
function open(engine: Engine): LeaverStore['open'] {
  return async (workspace, askedBefore, limit) => {
    const open = leavers(engine, workspace)
      .where('verified_at', 'is', null)
      .where('cancelled_at', 'is', null)
      .where('asked_at', '<', askedBefore);
    const { count } = await open
      .clearSelect()
      .select((of) => of.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const oldest = await open.orderBy('asked_at').orderBy('id').limit(limit).execute();
    return { count, oldest: oldest.map(toLeaver) };
  };
}

/** Changes of the log between the start and the end of a leaver's clock. */
function changesOf({ db }: Engine): LeaverStore['changesOf'] {
  return async ({ id, workspace, userId, verifiedAt, cancelledAt }, limit) => {
    const { after_position: after, until_position: until } = await db
      .selectFrom('leavers')
      .select(['after_position', 'until_position'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    let query = db
      .selectFrom('changes')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('subject_kind', '=', 'user')
      .where('subject_id', '=', userId)
      .where('position', '>', after);
    const endedAt = verifiedAt ?? cancelledAt;
    if (endedAt !== null) query = query.where('at', '<=', endedAt);
    if (until !== null) query = query.where('position', '<=', until + POSITIONS_AFTER);
    return (await query.orderBy('position').limit(limit).execute()).map(toChange);
  };
}

/** Marks verified leavers as measured, and returns those that were not measured before. */
function takeMeasured(engine: Engine): LeaverStore['takeMeasured'] {
  return (workspace, now, limit) =>
    take(engine, 'measured_at', workspace, sql<boolean>`verified_at is not null`, now, limit);
}

/** Marks leavers above the objective as reported, and returns those that were not reported before. */
function takeOverdue(engine: Engine): LeaverStore['takeOverdue'] {
  return (workspace, now, objectiveMs, limit) =>
    take(
      engine,
      'reported_at',
      workspace,
      sql<boolean>`coalesce(verified_at, ${now}) - asked_at > ${objectiveMs}`,
      now,
      limit,
    );
}

/** Deletes older leavers whose clock has ended; returns how many. */
function prune({ db, write }: Engine): LeaverStore['prune'] {
  return async (before, limit) => {
    const old = await db
      .selectFrom('leavers')
      .select('id')
      .where('asked_at', '<', before)
      .where(({ eb, or }) => or([eb('verified_at', 'is not', null), eb('cancelled_at', 'is not', null)]))
      .limit(limit)
      .execute();
    if (old.length === 0) return 0;
    const ids = old.map(({ id }) => id);
    await write([{ query: db.deleteFrom('leavers').where('id', 'in', ids).compile() }]);
    return old.length;
  };
}

function toLeaver(row: Selectable<LeaversTable>): Leaver {
  return {
    id: row.id,
    workspace: row.workspace,
    userId: row.user_id,
    name: row.name,
    connectionId: row.connection_id,
    cause: row.cause === 'deleted' ? 'deleted' : 'deactivated',
    requestId: row.request_id,
    askedAt: row.asked_at,
    removedAt: row.removed_at,
    account: row.account,
    verifiedAt: row.verified_at,
    cancelledAt: row.cancelled_at,
  };
}
