/** Decides what makes one person right on Mode. */
import { whyNotAdopted } from './adoption.ts';
import type { DesiredUser } from '../model/desired.ts';
import { INVITE_POLICY, inviteStep, type Invite } from '../invite/invite.ts';
import type { AccountMatch, MatchObstacle } from '../matching/matching.ts';
import { UNTRIED, type AvailableCapabilities } from './available-capabilities.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Plan } from './plan.ts';
import { taskReason, planStep } from './plan-step.ts';
import type { Policy } from './policy.ts';

const NO_SEAT =
  'Mode has no free seat: the seat limit of the workspace is reached. The invite goes out by itself when there is room.';

export interface UserState {
  readonly desired: DesiredUser;
  /** The user's account, by the one rule of matching. */
  readonly match: AccountMatch;
  /**
   * Members and pending invites of addresses that were invited for the user, that the IdP has taken back since, and that
   * are nobody else's.
   */
  readonly takenBack: readonly ObservedMember[];
  /** Active admins that Mode has now. */
  readonly adminCount: number;
  /** The newest invite of the user's e-mail. */
  readonly invite?: Invite | undefined;
  /** When it is planned; only the age of invites depends on it. Milliseconds since the epoch. */
  readonly now?: number;
}

/**
 * Plans for one user. Pure; never removes or demotes the last active admin, a protected account, or a member that
 * Mode's own SCIM manages, and never acts on a guess when two members fit. What Mode does not serve becomes a task.
 * A member or invite that comes from an address which the IdP has taken back is removed.
 */
export function planUser(state: UserState, policy: Policy, available: AvailableCapabilities = UNTRIED): Plan {
  const { desired, match } = state;
  if (!desired.owned) return found(undefined);
  return withdraw(state, planAccount(state, match.member ?? undefined, policy, available), policy, available);
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
      token: member?.memberToken ?? null,
      linked: desired.memberToken,
      ours: (state.invite?.sends ?? 0) > 0 || member?.state === 'former',
      refused: undefined,
    },
    policy.adoption,
  );
  if (objection !== null) {
    const why = `Mode has a member with the e-mail ${String(desired.email)}: ${objection}`;
    return desired.wanted ? stuck(why) : found(undefined);
  }
  return desired.wanted
    ? planWanted(state, member, policy, available)
    : planUnwanted(state, member, policy, available);
}

/** What keeps the user from having an account; null when that is as it should be. */
function whyNotMatched(obstacle: MatchObstacle, { email, wanted }: DesiredUser): string | null {
  const address = String(email);
  if (obstacle.kind === 'several') {
    return `Mode lists ${obstacle.count} members with the e-mail ${address}: link one of them.`;
  }
  // Another user's account is no concern of a user who is not wanted.
  if (!wanted) return null;
  switch (obstacle.kind) {
    case 'refused':
      return `Mode has a member with the e-mail ${address}: the link to it was dropped; "links set" makes it again.`;
    case 'leaving':
      return `Mode still has the account of ${obstacle.userName}, who left with the e-mail ${address}: the user is invited when it is removed.`;
    case 'conflict':
      return `The user ${obstacle.userName} has the same e-mail: Mode knows one person by it.`;
  }
}

function planWanted(
  state: UserState,
  member: ObservedMember | undefined,
  policy: Policy,
  available: AvailableCapabilities,
): Plan {
  const { desired } = state;
  if (desired.email === null && member?.state !== 'active')
    return stuck('The user has no e-mail address, and Mode invites by e-mail.');
  if (member?.state !== 'active') {
    // An operator may have linked a pending invite of another address: that one is sent again.
    return planInvite({ ...state, email: member?.email ?? String(desired.email) }, member, policy, available);
  }
  const { operations: profile, blocked } = planProfile(state, member, policy, available);
  if (desired.admin === null || desired.admin === member.admin) {
    return { ...found(member), operations: profile, blocked };
  }
  const refusal = desired.admin
    ? managed(member, available)
    : whyKept(member, state.adminCount, policy, available);
  if (refusal !== null) return { ...found(member), operations: profile, blocked: refusal };
  const operation = { type: 'set_admin', member, admin: desired.admin } as const;
  const what = desired.admin
    ? `Make ${nameOf(member)} an admin of the workspace.`
    : `Take the admin role from ${nameOf(member)}.`;
  const place = { kind: 'member', member } as const;
  const { operations, tasks } = planStep(available, { capability: 'set_admin', operation, what, place });
  return {
    ...found(member),
    operations: [...profile, ...operations],
    tasks,
    blocked: taskReason(tasks) ?? blocked,
  };
}

/** One invite, and another when it was not accepted for long. A former member is asked back under the same record. */
function planInvite(
  { desired, email, invite, now = 0 }: UserState & { readonly email: string },
  member: ObservedMember | undefined,
  { invites = INVITE_POLICY }: Policy,
  available: AvailableCapabilities,
): Plan {
  const refusal = member?.state === 'former' ? managed(member, available) : null;
  if (refusal !== null) return { ...found(member), blocked: refusal };
  const step = inviteStep(invite, member?.state === 'invited', invites, now);
  if (step.kind === 'stuck') return { ...found(member), waiting: step.reason };
  if (step.kind === 'wait') return { ...found(member), waiting: 'The invite is not accepted yet.' };
  if (available.full === true) return { ...found(member), waiting: NO_SEAT };
  const operation = { type: 'invite', email, name: desired.fullName, former: member ?? null } as const;
  const { operations, tasks } = planStep(available, {
    capability: 'invite',
    operation,
    what: whatToInvite(email, member),
    place: member === undefined ? { kind: 'invites' } : { kind: 'member', member },
  });
  const waiting = tasks.length > 0 ? null : 'The invite is not accepted yet.';
  return { ...found(member), operations, tasks, blocked: taskReason(tasks), waiting };
}

function whatToInvite(email: string, member: ObservedMember | undefined): string {
  if (member === undefined) return `Invite ${email} to the workspace.`;
  return member.state === 'invited'
    ? `Send the invite of ${email} again.`
    : `Let the former member ${email} back into the workspace.`;
}

/**
 * Names and addresses belong to people's own accounts: they are changed where Mode's own SCIM does it, for a user whom
 * the bridge knows by their account, and are left to the people everywhere else. The address of an account that Mode
 * had before is changed only when an operator has confirmed the link: whoever may name an address in the IdP would
 * otherwise be given any account of Mode.
 */
function planProfile(
  { desired }: UserState,
  member: ObservedMember,
  policy: Policy,
  available: AvailableCapabilities,
): Pick<Plan, 'operations' | 'blocked'> {
  const nothing = { operations: [], blocked: null };
  if (available.refused.has('rename') || available.refusedSteps.has('update_profile')) return nothing;
  if (desired.memberToken === null || desired.memberToken !== member.memberToken) return nothing;
  if (managed(member, available) !== null) return nothing;
  const name = differs(desired.fullName, member.name) ? desired.fullName : null;
  const address = differs(desired.email?.toLowerCase(), member.email?.toLowerCase()) ? desired.email : null;
  const blocked = address === null ? null : whyAddressStays(desired, member, policy);
  const email = blocked === null ? address : null;
  if (name === null && email === null) return { operations: [], blocked };
  return { operations: [{ type: 'update_profile', member, name, email }], blocked };
}

function whyAddressStays(desired: DesiredUser, member: ObservedMember, policy: Policy): string | null {
  const stays = `The address of the account ${nameOf(member)} is not changed to ${String(desired.email)}`;
  if (isProtected(member, policy)) return `${stays}: the account owns an API key that the bridge uses.`;
  if (desired.linkOrigin !== 'auto') return null;
  return `${stays}: Mode had the account before, and no operator has confirmed that it is this user's. "links set" confirms it.`;
}

/** Only what both sides tell can differ. */
function differs(wanted: string | null | undefined, has: string | null | undefined): boolean {
  if (wanted == null || has == null) return false;
  const plain = (text: string) => text.trim().replaceAll(/\s+/g, ' ');
  return plain(wanted) !== plain(has);
}

function planUnwanted(
  state: UserState,
  member: ObservedMember | undefined,
  policy: Policy,
  available: AvailableCapabilities,
): Plan {
  if (member === undefined || member.state === 'former') return found(member);
  const refusal = whyKept(member, state.adminCount, policy, available);
  if (refusal !== null) return { ...found(member), blocked: refusal };
  const { operations, tasks } = planRemoval(member, available);
  return { ...found(member), operations, tasks, blocked: taskReason(tasks) };
}

function planRemoval(member: ObservedMember, available: AvailableCapabilities) {
  return planStep(available, {
    capability: 'remove',
    operation: { type: 'remove_member', member },
    what: `Remove ${nameOf(member)} from the workspace: still ${member.state}.`,
    place: { kind: 'member', member },
  });
}

/** Removals of what came from addresses that the IdP has taken back go before everything else. */
function withdraw(
  { takenBack, adminCount }: UserState,
  plan: Plan,
  policy: Policy,
  available: AvailableCapabilities,
): Plan {
  const present = takenBack.filter((member) => member.state !== 'former');
  if (present.length === 0) return plan;
  const kept = present.flatMap((member) => {
    const why = whyKept(member, adminCount, policy, available);
    return why === null ? [] : [`${nameOf(member)} came from an address that the IdP has taken back. ${why}`];
  });
  const removals = present
    .filter((member) => whyKept(member, adminCount, policy, available) === null)
    .map((member) => planRemoval(member, available));
  const operations = removals.flatMap((step) => step.operations);
  const [task, ...others] = removals.flatMap((step) => step.tasks);
  // One task an action: all that a person has to remove is in its words.
  const what = [task, ...others, ...plan.tasks.filter((other) => other.action === task?.action)];
  const tasks =
    task === undefined
      ? plan.tasks
      : [
          { ...task, what: what.flatMap((one) => one?.what ?? []).join(' ') },
          ...plan.tasks.filter((other) => other.action !== task.action),
        ];
  return {
    ...plan,
    operations: [...operations, ...plan.operations],
    tasks,
    blocked: taskReason(tasks) ?? plan.blocked ?? kept[0] ?? null,
  };
}

/** Why this member keeps their membership and role whatever the IdP says; null when nothing speaks for it. */
function whyKept(
  member: ObservedMember,
  adminCount: number,
  policy: Policy,
  available: AvailableCapabilities,
): string | null {
  if (isProtected(member, policy)) {
    return 'The account is protected: it owns an API key that the bridge uses.';
  }
  if (member.state === 'active' && member.admin && adminCount <= 1) {
    return 'The account is the last admin of the workspace: make another one first.';
  }
  return managed(member, available);
}

function isProtected({ username }: ObservedMember, policy: Policy): boolean {
  return username !== null && policy.protectedUsernames.has(username);
}

function managed(member: ObservedMember, available: AvailableCapabilities): string | null {
  return member.managedByScim && !available.ownsManaged ? "The member is managed by Mode's own SCIM." : null;
}

function nameOf({ email, username, memberToken }: ObservedMember): string {
  return email ?? username ?? memberToken ?? 'a member';
}

function found(member: ObservedMember | undefined): Plan {
  return { operations: [], tasks: [], link: member?.memberToken ?? null, blocked: null, waiting: null };
}

function stuck(reason: string): Plan {
  return { ...found(undefined), blocked: reason };
}
