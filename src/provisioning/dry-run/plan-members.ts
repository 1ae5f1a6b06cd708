/**
 * What would be done about the members of some groups, when the people and groups are as after the plan. Pure. Whoever is
 * removed from the workspace leaves its groups with that: no step of its own says so.
 */
import type { Subject } from '../../directory/subject.ts';
import type { DesiredMember } from '../model/desired.ts';
import type { Operation } from '../model/operation.ts';
import { nameOf } from '../plan/name-of.ts';
import { reason } from '../reason/reason.ts';
import { decideAsLive } from './decide-as-live.ts';
import { describeStep, heldStep, taskSteps } from './describe-step.ts';
import type { DryRunGroup, DryRunMembers } from './dry-run-facts.ts';
import type { DryRunRules } from './dry-run-rules.ts';
import type { ImaginedGroups } from './imagined-groups.ts';
import type { ImaginedPeople } from './imagined-people.ts';
import type { PlannedStep } from './planned-step.ts';

export interface AfterSteps {
  readonly people: ImaginedPeople;
  readonly groups: ImaginedGroups;
}

export function planMembers(
  group: DryRunGroup,
  members: DryRunMembers,
  { people, groups }: AfterSteps,
  { policy, availableTo, rejectedOf }: DryRunRules,
): readonly PlannedStep[] {
  const onTarget = groups.linkedTo(group);
  if (!group.wanted || onTarget === undefined) return [];
  const subject: Subject = { kind: 'group', id: group.id };
  const state = groups.stateOf(group);
  const wanted = (members.wanted.get(group.id) ?? []).flatMap((id) => memberOf(id, people));
  const observed = (members.observed.get(onTarget.token) ?? []).filter(
    ({ accountId }) => !people.removed.has(accountId),
  );
  const isStaying = (accountId: string) =>
    people.staying.has(accountId) || people.leavingElsewhere.has(accountId);
  const accountName = (token: string) => {
    const member = people.members.get(token);
    return member === undefined ? token : nameOf(member);
  };
  const decision = decideAsLive(
    { kind: 'group', group: { ...state, desired: { ...state.desired, members: wanted }, members: observed } },
    policy,
    availableTo(subject),
    {
      names: { account: accountName, group: () => onTarget.name },
      rejected: rejectedOf(subject),
      staying: new Set(observed.map(({ accountId }) => accountId).filter(isStaying)),
    },
  );
  // A group whose new name is taken keeps the name that it has.
  const words = { subject, group: onTarget.name, accountName };
  const inWords = (operation: MemberOperation) => {
    const isInvited = people.accepted.has(operation.accountId);
    return describeStep(operation, { ...words, after: isInvited ? 'invite accepted' : null });
  };
  // Nothing else in the plan shows a leaver of another connection.
  const wantedAccounts = new Set(wanted.map(({ accountId }) => accountId));
  const elsewhere = decision.waiting.some(({ code }) => code === 'members_leaving')
    ? observed.filter(
        ({ accountId }) => people.leavingElsewhere.has(accountId) && !wantedAccounts.has(accountId),
      )
    : [];
  return [
    ...elsewhere.map((member) =>
      heldStep(inWords({ type: 'remove_group_member', ...member }), reason('members_leaving')),
    ),
    ...decision.operations.filter(isOfMember).map(inWords),
    ...decision.held.flatMap(({ operation, reason }) =>
      isOfMember(operation) ? [heldStep(inWords(operation), reason)] : [],
    ),
    ...taskSteps(decision, subject, group.name, null).filter(({ step }) => step === 'add_member'),
  ];
}

/** The user with the account that they have after the plan. The same rule as in the store's `group-states.ts`. */
function memberOf(userId: string, { users, members, matching }: ImaginedPeople): DesiredMember | [] {
  const user = users.get(userId);
  if (user === undefined) return [];
  const { member, by } = matching.of(userId);
  // Nobody is taken out of a group because a read of the members missed them.
  const missed = user.link !== null && !members.has(user.link.token) ? user.link.token : null;
  return {
    userId,
    accountId: member?.accountId ?? missed,
    active: member?.state === 'active',
    linked: by === 'link' || missed !== null,
  };
}

type MemberOperation = Operation & { readonly type: 'add_group_member' | 'remove_group_member' };

function isOfMember(operation: Operation): operation is MemberOperation {
  return operation.type === 'add_group_member' || operation.type === 'remove_group_member';
}
