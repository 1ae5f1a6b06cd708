/** Reads what the gate needs in addition to the subject. A plan without removals and invites needs no read. */
import type { Subject } from '../../directory/subject.ts';
import { BREAKER_LIMITS } from '../../provisioning/gate/breaker.ts';
import { NOTHING_BESIDES, type KnownBesides } from '../../provisioning/gate/decide.ts';
import { removalOf } from '../../provisioning/gate/removal.ts';
import type { Plan } from '../../provisioning/plan/plan.ts';
import type { Policy } from '../../provisioning/plan/policy.ts';
import type { SubjectState } from '../../provisioning/plan/subject-state.ts';
import type { WorkContext } from '../work-context.ts';

export async function findWindow(
  { workspace, store }: WorkContext,
  subject: Subject,
  { connection, owner }: SubjectState,
  { operations }: Plan,
  { breaker = BREAKER_LIMITS, maxMembers = null }: Policy,
): Promise<KnownBesides> {
  if (connection !== 'live' || operations.length === 0) return NOTHING_BESIDES;
  const removals = operations.flatMap((operation) => removalOf(operation) ?? []);
  const invites = maxMembers !== null && operations.some(({ type }) => type === 'invite');
  return {
    memberCount: invites ? await store.memberCount(workspace) : NOTHING_BESIDES.memberCount,
    removals:
      removals.length === 0 || owner === undefined
        ? NOTHING_BESIDES.removals
        : await store.knownRemovals({ workspace, connectionId: owner.id, subject }, removals, breaker),
  };
}
