/** What the operators of a workspace have decided beyond what the IdP wants. */
import type { InvitePolicy } from '../invite/invite.ts';
import type { Adoption } from './adoption.ts';

export interface Policy {
  /** Usernames of accounts that are never removed or demoted: the owners of the bridge's own API keys. */
  readonly protectedUsernames: ReadonlySet<string>;
  /** Whether accounts and groups that the target had before are taken over automatically; `auto` when absent. */
  readonly adoption?: Adoption;
  /** When to send an invite again; `INVITE_POLICY` when absent. */
  readonly invites?: InvitePolicy;
}
