/** The states of an invite, and when to send it again. Pure. */
import type { Operation } from '../model/operation.ts';
import { reason, type Reason } from '../reason/reason.ts';

export type InviteState =
  /** The target accepted it, and no read shows the person as invited yet. */
  | 'sent'
  /** The target lists the person as invited. */
  | 'pending'
  | 'accepted'
  /** It ran out, or the target does not list the person any more. */
  | 'expired'
  /** The target did not take it. */
  | 'refused'
  /** The bridge is about to ask the target, or expects that this pending invite is the user's. */
  | 'expected'
  /** The pending or accepted membership was removed. */
  | 'withdrawn';

/** The newest invite of an address. Instants are milliseconds since the epoch. */
export interface Invite {
  readonly email: string;
  readonly state: InviteState;
  /** How often the bridge has sent it. */
  readonly sends: number;
  readonly firstSentAt: number;
  readonly sentAt: number;
  /** Null when the target does not say. */
  readonly expiresAt: number | null;
  /** The target's message, when it rejected the last one. */
  readonly reason: string | null;
  /** The user of the last invite; null when a person sent it on the target. */
  readonly userId: string | null;
}

export interface InvitePolicy {
  /** An invite that is not accepted for this long is sent again; Infinity: never. */
  readonly resendAfterMs: number;
  /** Includes the first one. */
  readonly maxSends: number;
}

export const INVITE_POLICY: InvitePolicy = { resendAfterMs: 7 * 24 * 60 * 60_000, maxSends: 3 };

/** What to do with an invite that is not accepted. */
export type InviteStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'send' }
  /** It was sent as often as allowed, so a person must handle it. */
  | { readonly kind: 'stuck'; readonly reasons: readonly Reason[] };

/**
 * @param invite undefined when none is known
 * @param listed the target lists the person as invited
 */
export function inviteStep(
  invite: Invite | undefined,
  listed: boolean,
  policy: InvitePolicy,
  now: number,
): InviteStep {
  // Somebody sent it on the target a moment ago. The next read of the target will show it.
  if (invite === undefined || invite.state === 'accepted') return { kind: listed ? 'wait' : 'send' };
  if ((invite.state === 'refused' || invite.state === 'expected') && !listed) return { kind: 'send' };
  if (!isOverdue(invite, policy, now)) return { kind: 'wait' };
  if (invite.sends < policy.maxSends) return { kind: 'send' };
  const day = new Date(invite.sentAt).toISOString().slice(0, 10);
  const answer = invite.reason === null ? [] : [reason('invite_answer', { answer: invite.reason })];
  return { kind: 'stuck', reasons: [reason('invite_not_accepted', { sends: invite.sends, day }), ...answer] };
}

/** Whether it was not accepted in time. */
function isOverdue({ state, sentAt }: Invite, { resendAfterMs }: InvitePolicy, now: number): boolean {
  if (state === 'accepted') return false;
  return state === 'expired' || now - sentAt >= resendAfterMs;
}

/** An event of an invite, for the store. */
export type InviteEvent =
  | {
      readonly kind: 'sent';
      readonly email: string;
      readonly expiresAt: number | null;
      readonly userId: string;
    }
  /**
   * An invite of this address is the user's, no matter who sends it. It is recorded before the target is asked, so that the bridge
   * knows after a crash whose invite it was, and can withdraw it when the IdP takes the address back.
   */
  | { readonly kind: 'expected'; readonly email: string; readonly userId: string }
  /** The target did not take it. @property again: it was sent before, and that one still stands */
  | { readonly kind: 'refused'; readonly email: string; readonly reason: string; readonly again: boolean }
  /** The person was removed: a later invite is a new one. The address is remembered, because its link may still work. */
  | { readonly kind: 'ended'; readonly email: string };

/**
 * The event of an operation that the target refused. @returns undefined when it is not an invite. `stands`: an earlier
 * invite is still open.
 */
export function refusedInvite(
  operation: Operation,
  answer: string,
): { readonly event: InviteEvent; readonly stands: boolean } | undefined {
  if (operation.type !== 'invite') return undefined;
  const again = operation.former?.state === 'invited';
  return { event: { kind: 'refused', email: operation.email, reason: answer, again }, stands: again };
}
