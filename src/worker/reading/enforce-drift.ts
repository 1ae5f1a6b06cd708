/**
 * Compares the directory with the target after a full read: reports what differs, and enqueues the subjects to correct.
 * A subject that has a job is not enqueued again, because its job has its own due time and counts its tries.
 */
import { compareDrift } from '../../provisioning/drift/compare-drift.ts';
import { countByClass, driftingSubjects } from '../../provisioning/drift/drift.ts';
import { withoutDrift } from './refresh.ts';
import type { WorkContext } from '../work-context.ts';

export async function enforceDrift(context: WorkContext): Promise<void> {
  const { workspace, store, clock, target, log } = context;
  const state = await store.driftState(workspace);
  const items = compareDrift(state);
  const subjects = driftingSubjects(items);
  const withJob = new Set(
    [...state.users, ...state.groups].flatMap(({ id, hasJob }) => (hasJob ? [id] : [])),
  );
  const enqueue = await withoutDrift(context, {
    drift: subjects.filter(({ id }) => !withJob.has(id)).map((subject) => ({ subject, verifying: false })),
  });
  if (enqueue.length > 0) await store.record({ workspace, at: clock.now(), enqueue });
  const counts = { ...countByClass(items), drifting: subjects.length, enforced: enqueue.length };
  if (subjects.length > 0) log.warn(counts, `${target.label} differs from what the IdP wants`);
  else log.info(counts, `${target.label} is as the IdP wants it`);
}
