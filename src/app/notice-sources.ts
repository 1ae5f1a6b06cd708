/** Where the notices of a workspace get what is the matter. */
import type { NoticeSources } from '../notices/keep-notices.ts';
import type { Store } from '../store/open-store.ts';

export function noticeSources({ holds, tasks, notices }: Store, workspace: string): NoticeSources {
  return {
    holds: (limit) => holds.list(workspace, { open: true, limit }),
    tasks: (limit) => tasks.list(workspace, { closed: false, limit }),
    outage: () => notices.outage(workspace),
  };
}
