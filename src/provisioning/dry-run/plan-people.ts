/**
 * What would be done about the people of a connection. Pure: everybody is planned, the steps are imagined as taken, and
 * those whom they concern are planned again until nothing follows; then everybody who is invited is imagined to accept,
 * and it goes on. So the plan has what comes later: a role after an invite, an address that another user leaves behind.
 */
import type { Subject } from '../../directory/subject.ts';
import type { Decision } from '../gate/assign.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';
import { learnedLink, type LearnedLink } from '../plan/learned-link.ts';
import { nameOf } from '../plan/name-of.ts';
import type { UserState } from '../plan/plan-user.ts';
import { reason, type Reason } from '../reason/reason.ts';
import type { ReasonCode } from '../reason/reasons.ts';
import { BridgeError } from '../../errors.ts';
import { decideAsLive } from './decide-as-live.ts';
import {
  adoptedStep,
  blockedBeyondTasks,
  blockedStep,
  describeStep,
  heldStep,
  taskSteps,
} from './describe-step.ts';
import type { DryRunUser } from './dry-run-facts.ts';
import { MAX_ROUNDS, SUBJECTS_IN_ONE_TURN, type DryRunRules } from './dry-run-rules.ts';
import type { ImaginedPeople } from './imagined-people.ts';
import type { PlannedStep, StepAfter } from './planned-step.ts';

/** What a user waits for although nobody can do anything about it by waiting. */
const STUCK: ReadonlySet<ReasonCode> = new Set([
  'no_seat',
  'member_limit',
  'invite_not_accepted',
  'invite_answer',
]);

/** What the last look at a user came to, beyond steps. */
interface LastLook {
  readonly decision: Decision;
  readonly after: StepAfter;
}

/**
 * @param people is as after the plan when this ends
 * @yields after some users, how many of how many are planned
 */
export function* planPeople(
  people: ImaginedPeople,
  rules: DryRunRules,
): Generator<{ readonly done: number; readonly of: number }, readonly PlannedStep[]> {
  const { connectionId, policy, now, availableTo, rejectedOf, onlyWithJob } = rules;
  const own = [...people.users.values()].filter(
    (user) => user.connectionId === connectionId && (user.hasJob || !onlyWithJob),
  );
  const ids = new Set(own.map(({ id }) => id));
  const steps: PlannedStep[] = [];
  const last = new Map<string, LastLook>();
  const stuck = new Map<string, readonly Reason[]>();
  /** Cannot be removed or demoted while nobody else is an admin. */
  const keptAdmins = new Set<string>();

  /** @returns the users to plan again */
  function planOne(user: DryRunUser, isFirst: boolean, invitesAccepted: boolean): Iterable<string> {
    const subject: Subject = { kind: 'user', id: user.id };
    const state = people.stateOf(user, now);
    const { member } = state.match;
    const decision = decideAsLive({ kind: 'user', user: state }, policy, availableTo(subject), {
      memberCount: people.memberCount,
      rejected: rejectedOf(subject),
    });
    const isInvited = member !== null && people.accepted.has(memberKey(member));
    const after: StepAfter = isInvited ? 'invite accepted' : isFirst ? null : 'other steps';
    const again = new Set<string>();
    last.set(user.id, { decision, after: isInvited ? after : null });
    if (!invitesAccepted)
      stuck.set(
        user.id,
        decision.waiting.filter(({ code }) => STUCK.has(code)),
      );
    if (decision.held.some(({ reason: { code } }) => code === 'last_admin')) keptAdmins.add(user.id);
    else keptAdmins.delete(user.id);

    const link = learnedLink(state, decision);
    if (member !== null && isTakenOver(state, member, link, isFirst && user.shown))
      steps.push(adoptedStep(subject, member, after));
    if (link !== undefined) for (const id of people.link(user, link)) again.add(id);
    for (const operation of decision.operations) {
      const words = { subject, after, group: null, accountName: (token: string) => token };
      const step = describeStep(operation, words);
      const isOther = operation.type === 'remove_member' && operation.member !== member;
      const why = isOther ? [reason('address_taken_back', { account: nameOf(operation.member) })] : step.why;
      steps.push({ ...step, why });
      for (const id of people.apply(operation, subject, now)) again.add(id);
      again.add(user.id);
      if (operation.type === 'set_admin' && operation.admin) for (const id of keptAdmins) again.add(id);
    }
    const isLeft = decision.operations.length + decision.tasks.length + decision.held.length === 0;
    if (user.leaving && !user.wanted && isLeft && decision.blocked.length === 0)
      for (const id of people.left(user)) again.add(id);
    return again;
  }

  const progress = () => ({ done: Math.min(planned, own.length), of: own.length });
  let due: readonly DryRunUser[] = own.toSorted(inOrder);
  let invitesAccepted = false;
  let planned = 0;
  // Members of groups may be invited although nobody of the connection is: that is imagined, too.
  for (let round = 0; due.length > 0 || !invitesAccepted; round += 1) {
    if (round === MAX_ROUNDS)
      throw new BridgeError('internal', 'The plan of the people does not come to an end.');
    const again = new Set<string>();
    for (const user of due) {
      // A step of this round may have changed the user.
      const current = people.users.get(user.id) ?? user;
      for (const id of planOne(current, round === 0, invitesAccepted)) if (ids.has(id)) again.add(id);
      planned += 1;
      if (planned % SUBJECTS_IN_ONE_TURN === 0) yield progress();
    }
    if (again.size === 0 && !invitesAccepted) {
      invitesAccepted = true;
      yield progress();
      for (const id of people.acceptInvites()) if (ids.has(id)) again.add(id);
    }
    yield progress();
    people.match();
    yield progress();
    due = [...again].flatMap((id) => people.users.get(id) ?? []).sort(inOrder);
  }
  for (const user of own) for (const accountId of stayingOf(user, last.get(user.id))) people.stay(accountId);
  return [...steps, ...own.flatMap((user) => rest(user, last.get(user.id), stuck.get(user.id) ?? []))];
}

/** The account of a user who must leave, while the gate holds that. */
function stayingOf({ wanted }: DryRunUser, look: LastLook | undefined): readonly string[] {
  if (wanted || look === undefined) return [];
  const { held, link } = look.decision;
  const stays = held.some(({ operation }) => {
    return operation.type === 'remove_member' && operation.member.accountId === link;
  });
  return stays && link !== null ? [link] : [];
}

/** Tasks, what the gate holds, and what blocks the user, when all steps are taken. */
function rest(
  user: DryRunUser,
  look: LastLook | undefined,
  stuck: readonly Reason[],
): readonly PlannedStep[] {
  if (look === undefined) return [];
  const { decision, after } = look;
  const subject: Subject = { kind: 'user', id: user.id };
  const words = { subject, after, group: null, accountName: (token: string) => token };
  const name = user.email ?? user.userName;
  const held = decision.held.map(({ operation, reason: why }) =>
    heldStep(describeStep(operation, words), why),
  );
  const tasks = taskSteps(decision, subject, name, after);
  const why = [...blockedBeyondTasks(decision), ...stuck];
  return [...held, ...tasks, ...(why.length === 0 ? [] : [blockedStep(subject, name, why, after)])];
}

/** @param isShown the account is linked only because the IdP was shown it */
function isTakenOver(
  { desired }: UserState,
  member: ObservedMember,
  link: LearnedLink | undefined,
  isShown: boolean,
): boolean {
  if (!desired.wanted || member.state === 'former') return false;
  if (link === undefined) return isShown && member.accountId === desired.accountId;
  return link.origin === 'auto' && link.token !== null;
}

/** As the worker takes them: those who lose access or the admin role come first. */
function inOrder(a: DryRunUser, b: DryRunUser): number {
  return rank(a) - rank(b) || (a.id < b.id ? -1 : 1);
}

function rank({ wanted, admin }: DryRunUser): number {
  return wanted && admin !== false ? 1 : 0;
}
