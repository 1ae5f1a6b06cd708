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
  readonly decision: Pick<Decision, 'held' | 'tasks' | 'blocked' | 'link'>;
  readonly after: StepAfter;
}

const NOTHING_LEFT: LastLook = { decision: { held: [], tasks: [], blocked: [], link: null }, after: null };

export interface PeoplePlanned {
  /** How many users are planned, and how many there are. */
  readonly done: number;
  readonly of: number;
  /** Those found since the last time. */
  readonly steps: readonly PlannedStep[];
}

/**
 * @param people is as after the plan when this ends
 * @yields after some users
 */
export function* planPeople(people: ImaginedPeople, rules: DryRunRules): Generator<PeoplePlanned, undefined> {
  const { connectionId, policy, now, availableTo, rejectedOf, onlyWithJob } = rules;
  // By id: what is known of a user changes with each step.
  const ids = new Set<string>();
  for (const { id, connectionId: owner, hasJob } of people.users.values())
    if (owner === connectionId && (hasJob || !onlyWithJob)) ids.add(id);
  const usersOf = (some: Iterable<string>) => [...some].flatMap((id) => people.users.get(id) ?? []);
  let steps: PlannedStep[] = [];
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
    // Nothing is left of most.
    if (isOver(decision)) last.delete(user.id);
    else last.set(user.id, { decision, after: isInvited ? after : null });
    if (!invitesAccepted) {
      const why = decision.waiting.filter(({ code }) => STUCK.has(code));
      if (why.length === 0) stuck.delete(user.id);
      else stuck.set(user.id, why);
    }
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

  const progress = () => {
    const found = steps;
    steps = [];
    return { done: Math.min(planned, ids.size), of: ids.size, steps: found };
  };
  let due: readonly string[] = usersOf(ids)
    .sort(inOrder)
    .map(({ id }) => id);
  let invitesAccepted = false;
  let planned = 0;
  // Members of groups may be invited although nobody of the connection is: that is imagined, too.
  for (let round = 0; due.length > 0 || !invitesAccepted; round += 1) {
    if (round === MAX_ROUNDS)
      throw new BridgeError('internal', 'The plan of the people does not come to an end.');
    const again = new Set<string>();
    for (const userId of due) {
      const user = people.users.get(userId);
      if (user === undefined) continue;
      for (const id of planOne(user, round === 0, invitesAccepted)) if (ids.has(id)) again.add(id);
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
    due = usersOf(again)
      .sort(inOrder)
      .map(({ id }) => id);
  }
  for (const id of ids) {
    const user = people.users.get(id);
    if (user === undefined) continue;
    const [look, why] = [last.get(user.id), stuck.get(user.id)];
    if (look === undefined && why === undefined) continue;
    for (const accountId of stayingOf(user, look)) people.stay(accountId);
    steps.push(...rest(user, look ?? NOTHING_LEFT, why ?? []));
    if (steps.length > SUBJECTS_IN_ONE_TURN) yield progress();
  }
  // The gate and the breaker of their connection decide when they leave.
  for (const { connectionId: other, owned, wanted, leaving, link } of people.users.values())
    if (other !== connectionId && owned && leaving && !wanted && link !== null)
      people.leaveElsewhere(link.token);
  yield progress();
  return undefined;
}

function isOver({ held, tasks, blocked }: Decision): boolean {
  return held.length + tasks.length + blocked.length === 0;
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
  { decision, after }: LastLook,
  stuck: readonly Reason[],
): readonly PlannedStep[] {
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
