/**
 * Looks at a subject: reads everything that is known about it, and plans it. Reads only the store, never the target.
 */
import type { Subject } from '../../directory/subject.ts';
import { decide } from '../../provisioning/gate/decide.ts';
import type { Decision } from '../../provisioning/gate/assign.ts';
import type { Operation } from '../../provisioning/model/operation.ts';
import type { Observation } from '../../provisioning/model/observation.ts';
import { groupOnTarget } from '../../provisioning/plan/plan-group.ts';
import { nameOf } from '../../provisioning/plan/name-of.ts';
import type { NamesOf } from '../../provisioning/plan/describe-task.ts';
import { planSubject } from '../../provisioning/plan/plan-subject.ts';
import type { Policy } from '../../provisioning/plan/policy.ts';
import type { SubjectState } from '../../provisioning/plan/subject-state.ts';
import type { WorkContext } from '../work-context.ts';
import { findAvailableCapabilities, type RefusedSteps } from './find-available-capabilities.ts';
import { findWindow } from './find-window.ts';
import { learn } from './learn.ts';

export interface Look {
  readonly decision: Decision;
  /** All operations of the plan, including held ones. */
  readonly planned: readonly Operation[];
  /** The connection that owns the subject; undefined without an owner. */
  readonly owner: SubjectState['owner'];
  /** Whether the store has holds or unaccepted removals of the subject. */
  readonly hasRemovals: boolean;
  /** Whether the policy limits the members of the workspace. */
  readonly isCapped: boolean;
  /** True when a read of the target has confirmed every row that the plan depends on. */
  readonly confirmed: boolean;
  /** True for a pushed user who is not wanted. When nothing is left to do, the user has left. */
  readonly leaving: boolean;
  /** Links and invites that the look found, and the affected subjects; undefined when there are none. */
  readonly learned: Pick<Observation, 'adopted' | 'links' | 'enqueue' | 'invites'> | undefined;
  /** A group whose members must be read before this look can be used; null when there is none. */
  readonly staleGroup: string | null;
}

/**
 * @param since when set, the members of a group must have been read at or after this instant @param refusals refusals
 * in this try of the job @returns undefined when the workspace never had such a subject
 */
export async function look(
  context: WorkContext,
  policy: Policy,
  subject: Subject,
  since: number | null,
  refusals: RefusedSteps = new Map(),
): Promise<Look | undefined> {
  const { workspace, store, clock } = context;
  const state = await store.subjectState(workspace, subject, clock.now());
  if (state === undefined) return undefined;
  const available = await findAvailableCapabilities(context, subject, refusals);
  const rules = { ...policy, ...context.policyOf(state.owner?.name) };
  const plan = planSubject(state, rules, available);
  const known = await findWindow(context, subject, state, plan, rules);
  const made = decide(state, rules, available, undefined, known, plan);
  const needsNames = made.tasks.some((task) => task.action === 'set_group_members');
  const decision = needsNames
    ? decide(state, rules, available, await namesIn(context, state), known, plan)
    : made;
  return {
    decision,
    planned: plan.operations,
    owner: state.owner,
    hasRemovals: state.hasRemovals === true,
    isCapped: rules.maxMembers != null,
    confirmed: isConfirmed(state),
    leaving: state.kind === 'user' && state.user.desired.owned && !state.user.desired.wanted,
    learned: await learn(context, state, decision),
    staleGroup: staleGroup(state, since),
  };
}

function isConfirmed(state: SubjectState): boolean {
  if (state.kind === 'user') {
    const { match, takenBack } = state.user;
    return [...takenBack, ...(match.member === null ? [] : [match.member])].every(
      (member) => member.writtenAt === null,
    );
  }
  const { members, stillListed } = state.group;
  const group = groupOnTarget(state.group);
  const rows = [...members, ...(group === undefined ? [] : [group])];
  return !stillListed && rows.every((row) => row.writtenAt === null);
}

function staleGroup(state: SubjectState, since: number | null): string | null {
  if (state.kind === 'user') return null;
  const { membersReadAt } = state.group;
  const isFresh = membersReadAt !== null && membersReadAt >= (since ?? 0);
  return isFresh ? null : (groupOnTarget(state.group)?.token ?? null);
}

async function namesIn({ workspace, store }: WorkContext, state: SubjectState): Promise<NamesOf> {
  const accounts = new Map(
    (await store.observedMembers(workspace)).map((member) => [member.accountId, nameOf(member)]),
  );
  const group = state.kind === 'group' ? groupOnTarget(state.group) : undefined;
  return { account: (token) => accounts.get(token) ?? token, group: (token) => group?.name ?? token };
}
