/** Tasks: opened and closed by looks at their subjects, or closed by hand. */
import { sql, type Selectable } from 'kysely';
import type { ClosedBy, RememberedTask, Task, TaskAction, TaskStore } from '../../provisioning/plan/task.ts';
import type { Subject } from '../../directory/subject.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { changeStatements } from '../log/change-statements.ts';
import { enqueueJobs } from '../log/job-statements.ts';
import type { TasksTable } from '../tables/work-tables.ts';
import { toReasons } from '../tables/reasons.ts';

/** How long a closed task is kept, as a record. */
const HISTORY_MS = 90 * 24 * 60 * 60_000;

export function tasks(engine: Engine): TaskStore {
  return {
    remembered: remembered(engine),
    write: write(engine),
    list: list(engine),
    count: count(engine),
    close: close(engine),
  };
}

/** Rows of one subject. */
function ofSubject({ db }: Engine, workspace: string, { kind, id }: Subject) {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('subject_id', '=', id);
}

/** Open tasks, oldest first, or closed ones, newest first. */
async function listed(
  { db }: Engine,
  workspace: string,
  closed: boolean,
  limit: number,
): Promise<readonly Task[]> {
  const { rows } = await sql<Row>`
      select tasks.*, coalesce(users.user_name, groups.display_name, '') as name,
        coalesce(users.owner_id, groups.owner_id) as owner_id
      from tasks
      left join users on tasks.kind = 'user' and users.id = tasks.subject_id
      left join groups on tasks.kind = 'group' and groups.id = tasks.subject_id
      where tasks.workspace = ${workspace} and ${closed ? sql`closed_at is not null` : sql`closed_at is null`}
      order by ${closed ? sql`closed_at desc` : sql`since`}, tasks.id
      limit ${limit}`.execute(db);
  return rows.map(toTask);
}

/** Tasks of a subject that a plan needs: open ones, and those that a person closed. */
function remembered(engine: Engine): TaskStore['remembered'] {
  return async (workspace, subject) => {
    // A task that a look closed does not count. The same step would be a new task.
    const rows = await ofSubject(engine, workspace, subject)
      .where((of) => of.or([of('closed_at', 'is', null), of('closed_by', '=', 'person')]))
      .orderBy('since')
      .execute();
    return rows.map(toRemembered);
  };
}

/** Opens, updates and closes tasks of a subject, and deletes closed ones that are old. */
function write({ db, write }: Engine): TaskStore['write'] {
  return async ({ workspace, subject, at, open, update, done }) => {
    const opening = open.map(({ id, action, what, why, link, triedAt }) => {
      const of = { id, workspace, kind: subject.kind, subject_id: subject.id };
      const row = { ...of, action, what: JSON.stringify(what), why, link };
      const times = { since: at, tried_at: triedAt, closed_at: null, closed_by: null };
      const insert = db.insertInto('tasks').values({ ...row, ...times });
      return insert.onConflict((conflict) => conflict.doNothing()).compile();
    });
    const updating = update.map(({ id, what, why, triedAt }) =>
      db
        .updateTable('tasks')
        .set({ what: JSON.stringify(what), why, tried_at: triedAt })
        .where('id', '=', id)
        .compile(),
    );
    const closing = chunks(done).map((ids) =>
      db
        .updateTable('tasks')
        .set((of) => ({ closed_at: of.fn.coalesce('closed_at', sql<number>`${at}`), closed_by: 'done' }))
        .where('id', 'in', ids)
        .compile(),
    );
    const old = db.deleteFrom('tasks').where('workspace', '=', workspace);
    const forget = old
      .where('closed_at', '<', at - HISTORY_MS)
      .where('closed_by', '=', 'done')
      .compile();
    await write([...opening, ...updating, ...closing, forget].map((query) => ({ query })));
  };
}

/** Open tasks, oldest first, then closed ones, newest first, if requested. */
function list(engine: Engine): TaskStore['list'] {
  return async (workspace, { closed, limit }) => {
    const open = await listed(engine, workspace, false, limit);
    if (!closed || open.length >= limit) return open;
    return [...open, ...(await listed(engine, workspace, true, limit - open.length))];
  };
}

/** Open tasks of the workspace. */
function count({ db }: Engine): TaskStore['count'] {
  return async (workspace) => {
    const query = db.selectFrom('tasks').select((of) => of.fn.countAll<number>().as('n'));
    const open = query.where('workspace', '=', workspace).where('closed_at', 'is', null);
    return (await open.executeTakeFirstOrThrow()).n;
  };
}

/** Closes a task by hand, and enqueues its subject after a read of the target; false when it was not open. */
function close(engine: Engine): TaskStore['close'] {
  const { db, write } = engine;
  const wakes = enqueueJobs(engine);
  return async (workspace, id, at, by = null) => {
    const task = await db
      .selectFrom('tasks')
      .select(['kind', 'subject_id', 'action'])
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    if (task === undefined) return false;
    const close = db.updateTable('tasks').set({ closed_at: at, closed_by: 'person' });
    const subject: Subject = { kind: task.kind as Subject['kind'], id: task.subject_id };
    const query = close.where('id', '=', id).where('closed_at', 'is', null).compile();
    // The target must be read first, because only it shows whether the step was done.
    const again = db.updateTable('jobs').set((of) => ({
      parked: 0,
      run_at: at,
      verifying: 1,
      applied_at: at,
      reason: null,
      // A try in progress must not park it again.
      generation: of('generation', '+', 1),
    }));
    const waiting = again
      .where('workspace', '=', workspace)
      .where('kind', '=', subject.kind)
      .where('subject_id', '=', subject.id);
    const look = [...wakes(workspace, [{ subject, verifying: true }], at), { query: waiting.compile() }];
    const data = { task: id, action: task.action, by };
    const closed = changeStatements(engine)(workspace, at, [{ kind: 'task.closed', subject, data }]);
    return (await write([{ query, expect: 1 }, ...look, ...closed])) === 'committed';
  };
}

type Row = Selectable<TasksTable> & { readonly name: string; readonly owner_id: string | null };

export function toRemembered(row: Selectable<TasksTable>): RememberedTask {
  const { id, why, tried_at: triedAt } = row;
  const what = toReasons(row.what);
  const closedBy = row.closed_by as ClosedBy | null;
  return { id, action: row.action as TaskAction, what, why, triedAt, closedBy };
}

function toTask(row: Row): Task {
  return {
    ...toRemembered(row),
    workspace: row.workspace,
    subject: { kind: row.kind as Subject['kind'], id: row.subject_id },
    name: row.name,
    askedBy: row.owner_id,
    link: row.link,
    since: row.since,
    closedAt: row.closed_at,
  };
}
