/** A decision as people read it: reasons and tasks as sentences about Mode. */
import { decide } from '../../src/provisioning/gate/decide.ts';
import type { AvailableCapabilities } from '../../src/provisioning/plan/available-capabilities.ts';
import type { NamesOf } from '../../src/provisioning/plan/describe-task.ts';
import type { GroupState } from '../../src/provisioning/plan/plan-group.ts';
import type { UserState } from '../../src/provisioning/plan/plan-user.ts';
import type { Policy } from '../../src/provisioning/plan/policy.ts';
import type { SubjectState } from '../../src/provisioning/plan/subject-state.ts';
import { ofTarget, sentences, type Reason } from '../../src/provisioning/reason/reason.ts';

const read = (reasons: readonly Reason[]) => sentences(ofTarget(reasons, 'Mode'));

export function decided(
  state: SubjectState,
  policy: Policy,
  available?: AvailableCapabilities,
  names?: NamesOf,
) {
  const { operations, tasks, blocked, waiting, held, link } = decide(state, policy, available, names);
  return {
    operations,
    tasks: tasks.map((task) => ({ ...task, what: read(task.what) })),
    link,
    blocked: read([...blocked, ...held.map((one) => one.reason)]),
    waiting: read(waiting),
  };
}

export function decidedUser(user: UserState, policy: Policy, available?: AvailableCapabilities) {
  return decided({ kind: 'user', connection: 'live', user }, policy, available);
}

const BESIDES = { membersReadAt: 0, stillListed: false, refusedLinks: new Set<string>() };
/** What a group's plan follows from; the rest as for a group that was just read. */
export type KnownGroup = Omit<GroupState, keyof typeof BESIDES> &
  Partial<Pick<GroupState, keyof typeof BESIDES>>;

export function decidedGroup(
  known: KnownGroup,
  available?: AvailableCapabilities,
  more: { readonly names?: NamesOf; readonly policy?: Partial<Policy> } = {},
) {
  const policy = { protectedUsernames: new Set<string>(), ...more.policy };
  const group = { ...BESIDES, ...known };
  return decided({ kind: 'group', connection: 'live', group }, policy, available, more.names);
}
