/** Decides what makes one person right on Mode. */
import { whyNotAdopted } from './adoption.ts';
import type { DesiredUser } from './desired.ts';
import { INVITE_POLICY, inviteStep, type Invite } from './invite.ts';
import { UNTRIED, type Means } from './means.ts';
import type { ObservedMember } from './observed.ts';
import type { Operation } from './operation.ts';
import type { Plan } from './plan.ts';
import { handedOver, planStep } from './plan-step.ts';
import type { Policy } from './policy.ts';

const NO_SEAT =
  'Mode has no free seat: the seat limit of the workspace is reached. The invite goes out by itself when there is room.';

export interface UserState {
  readonly desired: DesiredUser;
  /** Members with the linked account; when Mode lists none, or nothing is linked, those with the user's e-mail. */
  readonly candidates: readonly ObservedMember[];
  /** Active admins that Mode has now. */
  readonly adminCount: number;
  /** The newest invite of the user's e-mail. */
  readonly invite?: Invite | undefined;
  /** Accounts that people do not want the user to be linked to. */
  readonly refusedLinks?: ReadonlySet<string>;
  /** When it is planned; only invites are told by it how old they are. Milliseconds since the epoch. */
  readonly now?: number;
}

/**
 * Plans for one user. Pure; never removes or demotes the last active admin, a protected account, or a member that
 * Mode's own SCIM manages, and never acts on a guess when two members fit. What Mode does not serve becomes a task.
 */
export function planUser(state: UserState, policy: Policy, means: Means = UNTRIED): Plan {
  const { desired, candidates } = state;
  if (!desired.owned) return found(undefined);
  const present = candidates.filter((member) => member.state !== 'former');
  if (present.length > 1) {
    return stuck(
      `Mode lists ${present.length} members with the e-mail ${String(desired.email)}: link one of them.`,
    );
  }
  const member = present[0] ?? candidates[0];
  const objection = whyNotAdopted(
    {
      token: member?.memberToken ?? null,
      linked: desired.memberToken,
      ours: (state.invite?.sends ?? 0) > 0 || member?.state === 'former',
      refused: state.refusedLinks,
    },
    policy.adoption,
  );
  if (objection !== null) {
    const why = `Mode has a member with the e-mail ${String(desired.email)}: ${objection}`;
    return desired.wanted ? stuck(why) : found(undefined);
  }
  return desired.wanted
    ? planWanted(state, member, policy, means)
    : planUnwanted(state, member, policy, means);
}

function planWanted(
  state: UserState,
  member: ObservedMember | undefined,
  policy: Policy,
  means: Means,
): Plan {
  const { desired } = state;
  if (desired.rival?.first === true) {
    return stuck(`The user ${desired.rival.userName} has the same e-mail: Mode knows one person by it.`);
  }
  if (desired.email === null) return stuck('The user has no e-mail address, and Mode invites by e-mail.');
  if (member?.state !== 'active') {
    return planInvite({ ...state, email: desired.email }, member, policy, means);
  }
  const profile = profileOperations(state, member, means);
  if (desired.admin === null || desired.admin === member.admin) {
    return { ...found(member), operations: profile };
  }
  const refusal = desired.admin ? managed(member, means) : whyKept(member, state.adminCount, policy, means);
  if (refusal !== null) return { ...found(member), operations: profile, blocked: refusal };
  const operation = { type: 'set_admin', member, admin: desired.admin } as const;
  const what = desired.admin
    ? `Make ${nameOf(member)} an admin of the workspace.`
    : `Take the admin role from ${nameOf(member)}.`;
  const place = { kind: 'member', member } as const;
  const { operations, tasks } = planStep(means, { capability: 'set_admin', operation, what, place });
  return { ...found(member), operations: [...profile, ...operations], tasks, blocked: handedOver(tasks) };
}

/** One invite, and another when it was not accepted for long. A former member is asked back under the same record. */
function planInvite(
  { desired, email, invite, now = 0 }: UserState & { readonly email: string },
  member: ObservedMember | undefined,
  { invites = INVITE_POLICY }: Policy,
  means: Means,
): Plan {
  const refusal = member?.state === 'former' ? managed(member, means) : null;
  if (refusal !== null) return { ...found(member), blocked: refusal };
  const step = inviteStep(invite, member?.state === 'invited', invites, now);
  if (step.kind === 'stuck') return { ...found(member), waiting: step.reason };
  if (step.kind === 'wait') return { ...found(member), waiting: 'The invite is not accepted yet.' };
  if (means.full === true) return { ...found(member), waiting: NO_SEAT };
  const operation = { type: 'invite', email, name: desired.fullName, former: member ?? null } as const;
  const { operations, tasks } = planStep(means, {
    capability: 'invite',
    operation,
    what: whatToInvite(email, member),
    place: member === undefined ? { kind: 'invites' } : { kind: 'member', member },
  });
  const waiting = tasks.length > 0 ? null : 'The invite is to be accepted.';
  return { ...found(member), operations, tasks, blocked: handedOver(tasks), waiting };
}

function whatToInvite(email: string, member: ObservedMember | undefined): string {
  if (member === undefined) return `Invite ${email} to the workspace.`;
  return member.state === 'invited'
    ? `Send the invite of ${email} again.`
    : `Let the former member ${email} back into the workspace.`;
}

/**
 * Names and addresses belong to people's own accounts: they are changed where Mode's own SCIM does it, for whom the
 * bridge knows by their account, and are left to them everywhere else.
 */
function profileOperations({ desired }: UserState, member: ObservedMember, means: Means): Operation[] {
  if (means.refused.has('rename') || means.refusedSteps.has('update_profile')) return [];
  if (desired.memberToken === null || desired.memberToken !== member.memberToken) return [];
  if (managed(member, means) !== null) return [];
  const name = differs(desired.fullName, member.name) ? desired.fullName : null;
  const email = differs(desired.email?.toLowerCase(), member.email?.toLowerCase()) ? desired.email : null;
  return name === null && email === null ? [] : [{ type: 'update_profile', member, name, email }];
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
  means: Means,
): Plan {
  // Somebody else stands for this person now: to remove them would take that one's access.
  if (state.desired.rival !== null) return found(undefined);
  if (member === undefined || member.state === 'former') return found(member);
  const refusal = whyKept(member, state.adminCount, policy, means);
  if (refusal !== null) return { ...found(member), blocked: refusal };
  const { operations, tasks } = planStep(means, {
    capability: 'remove',
    operation: { type: 'remove_member', member },
    what: `Remove ${nameOf(member)} from the workspace: still ${member.state}.`,
    place: { kind: 'member', member },
  });
  return { ...found(member), operations, tasks, blocked: handedOver(tasks) };
}

/** Why this member keeps their membership and role whatever the IdP says; null when nothing speaks for it. */
function whyKept(member: ObservedMember, adminCount: number, policy: Policy, means: Means): string | null {
  if (member.username !== null && policy.protectedUsernames.has(member.username)) {
    return 'The account is protected: it owns an API key that the bridge uses.';
  }
  if (member.state === 'active' && member.admin && adminCount <= 1) {
    return 'The account is the last admin of the workspace: make another one first.';
  }
  return managed(member, means);
}

function managed(member: ObservedMember, means: Means): string | null {
  return member.managedByScim && !means.ownsManaged ? "The member is managed by Mode's own SCIM." : null;
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
