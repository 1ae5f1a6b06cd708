/** Decides what makes one person right on Mode. */
import { whyNotAdopted } from './adoption.ts';
import type { DesiredUser } from './desired.ts';
import { INVITE_POLICY, inviteStep, type Invite } from './invite.ts';
import type { ObservedMember } from './observed.ts';
import type { Plan } from './plan.ts';
import type { Policy } from './policy.ts';

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
 * Mode's own SCIM manages, and never acts on a guess when two members fit.
 */
export function planUser(state: UserState, policy: Policy): Plan {
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
  return desired.wanted ? planWanted(state, member, policy) : planUnwanted(state, member, policy);
}

function planWanted(state: UserState, member: ObservedMember | undefined, policy: Policy): Plan {
  const { desired } = state;
  if (desired.rival?.first === true) {
    return stuck(`The user ${desired.rival.userName} has the same e-mail: Mode knows one person by it.`);
  }
  if (desired.email === null) return stuck('The user has no e-mail address, and Mode invites by e-mail.');
  if (member?.state !== 'active') {
    return planInvite({ ...state, email: desired.email }, member, policy);
  }
  if (desired.admin === null || desired.admin === member.admin) return found(member);
  const refusal = desired.admin ? managed(member) : whyKept(member, state.adminCount, policy);
  if (refusal !== null) return { ...found(member), blocked: refusal };
  return { ...found(member), operations: [{ type: 'set_admin', member, admin: desired.admin }] };
}

/** One invite, and another when it was not accepted for long. */
function planInvite(
  { desired, email, invite, now = 0 }: UserState & { readonly email: string },
  member: ObservedMember | undefined,
  { invites = INVITE_POLICY }: Policy,
): Plan {
  const step = inviteStep(invite, member?.state === 'invited', invites, now);
  if (step.kind === 'stuck') return { ...found(member), waiting: step.reason };
  if (step.kind === 'wait') return { ...found(member), waiting: 'The invite is not accepted yet.' };
  const operation = { type: 'invite', email, name: desired.fullName, former: member ?? null } as const;
  return { ...found(member), operations: [operation], waiting: 'The invite is to be accepted.' };
}

function planUnwanted(state: UserState, member: ObservedMember | undefined, policy: Policy): Plan {
  // Somebody else stands for this person now: to remove them would take that one's access.
  if (state.desired.rival !== null) return found(undefined);
  if (member === undefined || member.state === 'former') return found(member);
  const refusal = whyKept(member, state.adminCount, policy);
  if (refusal !== null) return { ...found(member), blocked: refusal };
  return { ...found(member), operations: [{ type: 'remove_member', member }] };
}

/** Why this member keeps their membership and role whatever the IdP says; null when nothing speaks for it. */
function whyKept(member: ObservedMember, adminCount: number, policy: Policy): string | null {
  if (member.username !== null && policy.protectedUsernames.has(member.username)) {
    return 'The account is protected: it owns an API key that the bridge uses.';
  }
  if (member.state === 'active' && member.admin && adminCount <= 1) {
    return 'The account is the last admin of the workspace: make another one first.';
  }
  return managed(member);
}

function managed(member: ObservedMember): string | null {
  return member.managedByScim ? "The member is managed by Mode's own SCIM." : null;
}

function found(member: ObservedMember | undefined): Plan {
  return { operations: [], link: member?.memberToken ?? null, blocked: null, waiting: null };
}

function stuck(reason: string): Plan {
  return { ...found(undefined), blocked: reason };
}
