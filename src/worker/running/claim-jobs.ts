/** Claims jobs for the lanes of the pool that have room. */
import type { Clock } from '../../clock.ts';
import type { JobStore } from '../../provisioning/ports/job-store.ts';
import type { Reading } from '../reading/reading.ts';
import type { JobPool } from './job-pool.ts';

/** The jobs that each lane of the pool takes. */
const CLAIMS = [
  { into: 'urgent', lane: 'urgent', kind: 'user' },
  { into: 'user', lane: 'work', kind: 'user' },
  { into: 'group', lane: 'work', kind: 'group' },
  { into: 'verify', lane: 'verify', kind: 'user' },
  { into: 'verify', lane: 'verify', kind: 'group' },
] as const;
export const URGENT_CLAIMS = CLAIMS.filter(({ lane }) => lane === 'urgent');
interface Parts {
  readonly workspace: string;
  readonly store: Pick<JobStore, 'claimJobs'>;
  readonly clock: Clock;
  readonly pool: JobPool;
  readonly reading: Pick<Reading, 'times'>;
}

/** @returns whether there was anything to do */
export async function claimJobs(
  { workspace, store, clock, pool, reading }: Parts,
  fence: number,
  claims: readonly (typeof CLAIMS)[number][] = CLAIMS,
): Promise<boolean> {
  const read = await reading.times();
  let claimed = 0;
  for (const { into, lane, kind } of claims) {
    const limit = pool.room(into);
    if (limit === 0) continue;
    const now = clock.now();
    const jobs = await store.claimJobs({ workspace, kind, lane, fence, now, limit, ...read[kind] });
    claimed += jobs.length;
    pool.add(into, jobs);
  }
  return claimed > 0;
}
