/** The sources of the facts that notices are made from. */
import type { Clock } from '../clock.ts';
import type { NoticeSources } from '../notices/keep-notices.ts';
import type { Store } from '../store/open-store.ts';

/** @param leaverObjectiveMs how long the removal of a leaver may take */
export function noticeSources(
  { holds, tasks, notices, leavers, access }: Store,
  workspace: string,
  leaverObjectiveMs: number,
  clock: Clock,
): NoticeSources {
  return {
    holds: (limit) => holds.list(workspace, { open: true, limit }),
    tasks: (limit) => tasks.list(workspace, { closed: false, limit }),
    leavers: async (limit) => {
      const { oldest } = await leavers.open(workspace, clock.now() - leaverObjectiveMs, limit);
      return oldest;
    },
    tokens: async () =>
      (await access.tokens()).flatMap(({ id, workspace: slug, kind, label, expiresAt, revokedAt }) =>
        slug === workspace && expiresAt !== null && revokedAt === null
          ? [{ id, name: `${kind} token "${label}"`, expiresAt }]
          : [],
      ),
    outage: () => notices.outage(workspace),
  };
}
