/** Claims jobs as the bridge that holds the workspace, with everything read just now. */
import type { Subject } from '../src/directory/subject.ts';
import type { Job } from '../src/provisioning/job/job.ts';
import type { Lane } from '../src/provisioning/ports/job-store.ts';
import type { Store } from '../src/store/open-store.ts';

export interface Claiming {
  readonly workspace: string;
  readonly now: number;
  readonly limit?: number;
  readonly holder?: string;
  readonly kind?: Subject['kind'];
  readonly readAt?: number;
  readonly lane?: Lane;
}

/** @returns nothing when another holder has the workspace */
export async function claimJobs({ provisioning }: Store, claim: Claiming): Promise<readonly Job[]> {
  const { workspace, now, limit = 10, holder = 'a', kind = 'user', readAt = now, lane = 'work' } = claim;
  const fence = await provisioning.acquireWorkspace({ workspace, holder, now, leaseMs: 100 });
  if (fence === undefined) return [];
  return provisioning.claimJobs({ workspace, kind, lane, fence, now, readAt, seenAt: readAt, limit });
}
