/** What the operators of a workspace, and of the connection of a subject, have decided beyond what the IdP wants. */
import type { BreakerLimits } from '../gate/breaker.ts';
import type { InvitePolicy } from '../invite/invite.ts';
import type { Adoption } from './adoption.ts';

export interface Policy extends Partial<ConnectionPolicy> {
  /** Usernames of accounts that are never removed or demoted: the owners of the bridge's own API keys. */
  readonly protectedUsernames: ReadonlySet<string>;
  /** Whether accounts and groups that the target had before are taken over automatically; `auto` when absent. */
  readonly adoption?: Adoption;
  /** When to send an invite again; `INVITE_POLICY` when absent. */
  readonly invites?: InvitePolicy;
}

/** What may differ between the connections of a workspace. */
export interface ConnectionPolicy {
  /** `BREAKER_LIMITS` when absent. */
  readonly breaker: BreakerLimits;
  /** Addresses of people who are never removed, demoted or re-addressed, as of `foldAddress`. */
  readonly protectedEmails: ReadonlySet<string>;
  /** In lower case. Empty: every domain. */
  readonly allowedDomains: ReadonlySet<string>;
  /** Members and pending invites of the workspace from which on nobody is invited; null: no limit. */
  readonly maxMembers: number | null;
}
