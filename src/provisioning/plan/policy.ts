/** The policy of a workspace and of the connection of a subject. */
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

/** The policy of a connection. */
export interface ConnectionPolicy {
  /** `BREAKER_LIMITS` when absent. */
  readonly breaker: BreakerLimits;
  /** Addresses of people who are never removed or demoted, and who keep their address; folded by `foldAddress`. */
  readonly protectedEmails: ReadonlySet<string>;
  /** In lower case. Empty: every domain. */
  readonly allowedDomains: ReadonlySet<string>;
  /** The maximum number of members and pending invites of the workspace; null: no limit. */
  readonly maxMembers: number | null;
}
