/** Shows operators how many calls to Mode are left, how long they take, and what else the worker recorded. Pure. */
import { Type, type Static } from 'typebox';
import type { TargetFacts } from '../provisioning/ports/target-facts.ts';
import { Count } from './instant.ts';
import type { WorkLeft } from '../operators/status-store.ts';

export const CallsLeft = Type.Object(
  {
    left: Count,
    urgent: Type.Integer({ minimum: 0, description: 'Calls that take access away; they go first' }),
    after_invites: Type.Integer({
      minimum: 0,
      description: 'Calls that follow when invited people have accepted; not part of `left`',
    }),
    per_second: Type.Union([Type.Number(), Type.Null()], {
      description: 'Calls that Mode accepts per second now; null before the first call',
    }),
    seconds: Type.Union([Type.Number(), Type.Null()], { description: 'How long they take at that rate' }),
  },
  {
    description: 'Calls to Mode that the waiting jobs need, an estimate: one for each user, group and member',
  },
);

export function viewCallsLeft(work: WorkLeft, facts: Partial<TargetFacts>): Static<typeof CallsLeft> {
  const { people, urgent, groups, groupMembers, afterInvites } = work;
  const { callsPerSecond = null, membersInOneCall = 1 } = facts;
  const callsFor = (members: number) => Math.ceil(members / membersInOneCall);
  const left = people + groups + callsFor(groupMembers);
  const seconds = callsPerSecond === null ? null : Math.ceil(left / callsPerSecond);
  return { left, urgent, after_invites: callsFor(afterInvites), per_second: callsPerSecond, seconds };
}

/** Facts from the worker that an operator should know. */
export function factWarnings(facts: Partial<TargetFacts>): readonly string[] {
  const { collectionRowsNotUnderstood: collections = 0, dataSourceRowsNotUnderstood: sources = 0 } = facts;
  return [...notUnderstood(collections, 'collections'), ...notUnderstood(sources, 'data sources')];
}

function notUnderstood(count: number, of: string): readonly string[] {
  if (count === 0) return [];
  return [
    `Mode lists ${count} permissions of ${of} in a form that the bridge does not know. The feed leaves them out, and shows what it knew of those ${of} before.`,
  ];
}
