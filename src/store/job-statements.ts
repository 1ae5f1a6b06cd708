/** How a job comes to be: asked for by a write, or woken by what was seen on Mode. */
import { sql } from 'kysely';
import type { Subject } from '../directory/subject.ts';
import type { Wake } from '../provisioning/observation.ts';
import { chunks } from './chunks.ts';
import type { Engine, Statement } from './engine.ts';

/** One job a subject: a job that is there is due again from `at`, as new; a lease on it stays. */
export function askForJobs(
  { db }: Engine,
  workspace: string,
  subjects: readonly Subject[],
  at: number,
): Statement[] {
  return chunks(unique(subjects)).map((piece) => {
    const insert = db
      .insertInto('jobs')
      .values(piece.map((subject) => jobRow(workspace, subject, at, false)));
    const query = insert.onConflict((conflict) =>
      conflict.columns(['workspace', 'kind', 'subject_id']).doUpdateSet((of) => ({
        run_at: at,
        // A try under way has used up one; the next one must look at Mode first.
        attempts: sql<number>`case when jobs.lease is null then 0 else jobs.attempts end`,
        verifying: 0,
        generation: of('jobs.generation', '+', 1),
        parked: 0,
        reason: null,
      })),
    );
    return { query: query.compile() };
  });
}

/** As asked for; one that is only to look at Mode changes nothing about a job that is there. */
export function wakeJobs(engine: Engine, workspace: string, wakes: readonly Wake[], at: number): Statement[] {
  const looking = unique(wakes.filter((wake) => wake.verifying).map((wake) => wake.subject));
  const asked = wakes.filter((wake) => !wake.verifying).map((wake) => wake.subject);
  const look = chunks(looking).map((piece): Statement => {
    const rows = piece.map((subject) => jobRow(workspace, subject, at, true));
    return {
      query: engine.db
        .insertInto('jobs')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .compile(),
    };
  });
  return [...askForJobs(engine, workspace, asked, at), ...look];
}

function jobRow(workspace: string, { kind, id }: Subject, at: number, verifying: boolean) {
  return {
    workspace,
    kind,
    subject_id: id,
    run_at: at,
    attempts: 0,
    verifying: verifying ? 1 : 0,
    generation: 0,
    claimed_generation: null,
    lease: null,
    lease_until: null,
    parked: 0,
    reason: null,
  } as const;
}

/** In a fixed order, so that two writes of the same subjects wait for each other instead of locking each other out. */
function unique(subjects: readonly Subject[]): Subject[] {
  const byKey = new Map(subjects.map((subject) => [`${subject.kind}:${subject.id}`, subject]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject);
}
