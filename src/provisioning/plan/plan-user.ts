/** Plans one person on the target. */
import { INVITE_POLICY, inviteStep, type Invite } from '../invite/invite.ts';
import type { AccountMatch, MatchObstacle } from '../matching/matching.ts';
import type { DesiredUser } from '../model/desired.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import { isEmptyChange, profileOf } from '../model/profile.ts';
import { reason, type Reason } from '../reason/reason.ts';
import { whyNotAdopted } from './adoption.ts';
import { isDecided, whyDomainRefused } from './allowed-domain.ts';
import { UNTRIED, type AvailableCapabilities } from './available-capabilities.ts';
import { nameOf } from './name-of.ts';
import type { Plan } from './plan.ts';
import type { Policy } from './policy.ts';
import { profileDifference } from './profile-difference.ts';

export interface UserState {
  readonly desired: DesiredUser;
  /** The user's account, by the matching rule. */
  readonly match: AccountMatch;
  /**
   * Members and pending invites of addresses that were invited for the user, that the IdP has changed since, and that
   * no other user has.
   */
  readonly takenBack: readonly ObservedMember[];
  /** Active admins that the target has now. */
  readonly adminCount: number;
  /** The newest invite of the user's e-mail. */
  readonly invite?: Invite | undefined;
  /** The time of the plan. Only the age of invites depends on it. Milliseconds since the epoch. */
  readonly now?: number;
}

/**
 * Plans one user. Pure. It never removes or demotes a member that the target's own SCIM manages, and never guesses when
 * two members match. An account or invite from an address that the IdP has changed is removed. The gate protects the
 * last admin and protected people.
 */
export function planUser(state: UserState, policy: Policy, available: AvailableCapabilities = UNTRIED): Plan {
  const { desired, match } = state;
  if (!desired.owned) return found(undefined);
  return withdraw(state, planAccount(state, match.member ?? undefined, policy, available), available);
}

function planAccount(
  state: UserState,
  member: ObservedMember | undefined,
  policy: Policy,
  available: AvailableCapabilities,
): Plan {
  const { desired, match } = state;
  const obstacle = match.obstacle === null ? null : whyNotMatched(match.obstacle, desired);
  if (obstacle !== null) return stuck(obstacle);
  const objection = whyNotAdopted(
    {
      token: member?.accountId ?? null,
      linked: desired.accountId,
      ours: (state.invite?.sends ?? 0) > 0 || member?.state === 'former',
      refused: undefined,
    },
    policy.adoption,
  );
  if (objection !== null) {
    const code = objection === 'link dropped' ? 'account_link_dropped' : 'account_not_adopted';
    return desired.wanted ? stuck(reason(code, { email: String(desired.email) })) : found(undefined);
  }
  return desired.wanted ? planWanted(state, member, policy, available) : planUnwanted(member, available);
}

/** Why the user has no account; null without an obstacle. */
function whyNotMatched(obstacle: MatchObstacle, { email: address, wanted }: DesiredUser): Reason | null {
  const email = String(address);
  if (obstacle.kind === 'several') return reason('several_accounts', { count: obstacle.count, email });
  // A user who is not wanted does not need the account.
  if (!wanted) return null;
  switch (obstacle.kind) {
    case 'refused':
      return reason('account_link_dropped', { email });
    case 'leaving':
      return reason('account_of_leaver', { userName: obstacle.userName, email });
    case 'conflict':
      return reason('same_email', { userName: obstacle.userName });
  }
}

function planWanted(
  state: UserState,
  member: ObservedMember | undefined,
  policy: Policy,
  available: AvailableCapabilities,
): Plan {
  const { desired } = state;
  if (desired.email === null && member?.state !== 'active') return stuck(reason('no_email'));
  const foreign = desired.email === null ? null : whyDomainRefused(desired.email, policy);
  if (foreign !== null && !isOurs(desired, member)) return stuck(foreign);
  if (member?.state !== 'active') {
    // An operator may have linked a pending invite of another address. That invite is sent again.
    return planInvite({ ...state, email: member?.email ?? String(desired.email) }, member, policy, available);
  }
  const profile = planProfile(state, member, foreign, available);
  const role = planRole(desired, member, available);
  return {
    ...found(member),
    operations: [...profile.operations, ...role.operations],
    blocked: [...role.blocked, ...profile.blocked],
  };
}

/** The bridge invited the account, or an operator linked it. A link that was found may be a moment old. */
function isOurs({ accountId, linkOrigin }: DesiredUser, member: ObservedMember | undefined): boolean {
  return member?.state === 'invited' || (member?.accountId === accountId && isDecided(linkOrigin));
}

function planRole({ admin }: DesiredUser, member: ObservedMember, available: AvailableCapabilities): Part {
  if (admin === null || admin === member.admin) return NOTHING;
  const refusal = managed(member, available);
  return refusal === null ? doing({ type: 'set_admin', member, admin }) : { ...NOTHING, blocked: [refusal] };
}

/**
 * One invite, and another one when it is not accepted in time. A former member is invited again under the same record.
 */
function planInvite(
  { desired, email, invite, now = 0 }: UserState & { readonly email: string },
  member: ObservedMember | undefined,
  policy: Policy,
  available: AvailableCapabilities,
): Plan {
  const { invites = INVITE_POLICY } = policy;
  const refusal = member?.state === 'former' ? managed(member, available) : null;
  if (refusal !== null) return { ...found(member), blocked: [refusal] };
  const step = inviteStep(invite, member?.state === 'invited', invites, now);
  if (step.kind === 'stuck') return { ...found(member), waiting: step.reasons };
  const pending = { ...found(member), waiting: [reason('invite_pending')] };
  if (step.kind === 'wait') return pending;
  const foreign = whyDomainRefused(email, policy);
  if (foreign !== null) return { ...found(member), blocked: [foreign] };
  if (available.full === true) return { ...found(member), waiting: [reason('no_seat')] };
  const profile = { ...profileOf(desired), email };
  return { ...pending, operations: [{ type: 'invite', ...profile, former: member ?? null }] };
}

/**
 * The address of an account that the target had before is changed only when an operator has confirmed the link: otherwise
 * anybody who may set an address in the IdP could take any account of the target.
 */
function planProfile(
  { desired }: UserState,
  member: ObservedMember,
  foreign: Reason | null,
  available: AvailableCapabilities,
): Part {
  if (available.refusedSteps.has('update_profile')) return NOTHING;
  const difference = profileDifference(desired, desired, member, available);
  const { email, ...others } = difference;
  const unconfirmed =
    email !== undefined && desired.linkOrigin === 'auto'
      ? reason('address_not_confirmed', { account: nameOf(member), email })
      : null;
  const refusal = email === undefined ? null : (foreign ?? unconfirmed);
  const change = refusal === null ? difference : others;
  return {
    operations: isEmptyChange(change) ? [] : [{ type: 'update_profile', member, change }],
    blocked: refusal === null ? [] : [refusal],
  };
}

function planUnwanted(member: ObservedMember | undefined, available: AvailableCapabilities): Plan {
  if (member === undefined || member.state === 'former') return found(member);
  const refusal = managed(member, available);
  if (refusal !== null) return { ...found(member), blocked: [refusal] };
  return { ...found(member), operations: [{ type: 'remove_member', member }] };
}

/** Removals for addresses that the IdP has changed come first. */
function withdraw({ takenBack }: UserState, plan: Plan, available: AvailableCapabilities): Plan {
  const present = takenBack
    .filter((member) => member.state !== 'former')
    .map((member) => ({ member, refusal: managed(member, available) }));
  const operations = present.flatMap(({ member, refusal }) =>
    refusal === null ? [{ type: 'remove_member', member } as const] : [],
  );
  const blocked = present.flatMap(({ member, refusal }) =>
    refusal === null ? [] : [reason('address_taken_back', { account: nameOf(member) }), refusal],
  );
  return {
    ...plan,
    operations: [...operations, ...plan.operations],
    blocked: [...plan.blocked, ...blocked],
  };
}

function managed(member: ObservedMember, available: AvailableCapabilities): Reason | null {
  return member.managedElsewhere && !available.ownsManaged ? reason('managed_account') : null;
}

type Part = Pick<Plan, 'operations' | 'blocked'>;
const NOTHING: Part = { operations: [], blocked: [] };

function doing(operation: Operation): Part {
  return { operations: [operation], blocked: [] };
}

function found(member: ObservedMember | undefined): Plan {
  return { ...NOTHING, link: member?.accountId ?? null, waiting: [] };
}

function stuck(why: Reason): Plan {
  return { ...found(undefined), blocked: [why] };
}
