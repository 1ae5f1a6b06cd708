/** Statements that enqueue jobs: for a write of the directory, or for an observation of the target. */
import { sql, type RawBuilder } from 'kysely';
import type { Subject } from '../../directory/subject.ts';
import type { JobRequest } from '../../provisioning/model/observation.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { prepared, slot } from '../engine/prepared.ts';

/**
 * One job for each subject. An existing job becomes due at `at`, as new, and keeps its lease. @returns a function; its
 * `created` is a new subject, which needs no look-up because it has no access to remove
 */
export function askForJobs({
  db,
}: Engine): (workspace: string, subjects: readonly Subject[], at: number, created?: string) => Statement[] {
  const askWith = (precedence: RawBuilder<0 | 1> | 1) =>
    prepared(
      db
        .insertInto('jobs')
        .values({ ...jobSlots(), precedence })
        .onConflict((conflict) =>
          conflict.columns(['workspace', 'kind', 'subject_id']).doUpdateSet((of) => ({
            run_at: slot<number>('at'),
            // A try in progress counts as one.
            attempts: sql<number>`case when jobs.lease is null then 0 else jobs.attempts end`,
            verifying: 0,
            precedence: of.ref('excluded.precedence'),
            generation: of('jobs.generation', '+', 1),
            parked: 0,
            reason: null,
          })),
        ),
    );
  const [ask, askCreated] = [askWith(precedenceOf(sql`${slot('id')}`)), askWith(1)];
  return (workspace, subjects, at, created) =>
    unique(subjects).map(({ kind, id }) => {
      const values = { workspace, kind, id, at, verifying: 0, applied_at: null };
      return { query: id === created ? askCreated(values) : ask(values) };
    });
}

/** Enqueues as requested. A request for a read-back does not change an existing job. */
export function enqueueJobs(
  engine: Engine,
): (workspace: string, wakes: readonly JobRequest[], at: number) => Statement[] {
  const ask = askForJobs(engine);
  const look = prepared(
    engine.db
      .insertInto('jobs')
      .values(jobSlots())
      .onConflict((conflict) => conflict.doNothing()),
  );
  return (workspace, wakes, at) => {
    const looking = unique(wakes.filter((enqueue) => enqueue.verifying).map((enqueue) => enqueue.subject));
    const asked = wakes.filter((enqueue) => !enqueue.verifying).map((enqueue) => enqueue.subject);
    return [
      ...ask(workspace, asked, at),
      ...looking.map(({ kind, id }) => ({
        query: look({ workspace, kind, id, at, verifying: 1, applied_at: at }),
      })),
    ];
  };
}

function jobSlots() {
  return {
    workspace: slot('workspace'),
    kind: slot('kind'),
    subject_id: slot('id'),
    run_at: slot<number>('at'),
    attempts: 0,
    verifying: slot<0 | 1>('verifying'),
    precedence: precedenceOf(sql`${slot('id')}`),
    generation: 0,
    claimed_generation: null,
    lease: null,
    fence: null,
    look_after: null,
    applied_at: slot<number | null>('applied_at'),
    parked: 0,
    reason: null,
  } as const;
}

/**
 * The precedence of a job: 0 if a person must lose access, else 1. An admin role must end only if the target shows it.
 * @param id of the subject; no group has the id of a user
 */
function precedenceOf(id: RawBuilder<unknown>): RawBuilder<0 | 1> {
  return sql<0 | 1>`case when exists (
    select 1 from users as person where person.id = ${id} and (
      person.active = 0 or person.deleted_at is not null or (person.admin = 0 and exists (
        select 1 from links as known
        inner join observed_members as seen on seen.workspace = known.workspace and seen.member_key = known.token
        where known.workspace = person.workspace and known.kind = 'user' and known.subject_id = person.id
          and seen.admin = 1
      ))
    )
  ) then 0 else 1 end`;
}

/** In a fixed order, so that two writes of the same subjects cannot deadlock. */
function unique(subjects: readonly Subject[]): Subject[] {
  if (subjects.length < 2) return [...subjects];
  const byKey = new Map(subjects.map((subject) => [`${subject.kind}:${subject.id}`, subject]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject);
}
