/** What a plan must respect beyond desired and observed state. Breaker, holds and protection find their place here. */
import type { Adoption } from './adoption.ts';
import type { InvitePolicy } from '../invite/invite.ts';

export interface Policy {
  /** Handles of people who are never removed or demoted: the owners of the bridge's own API keys. */
  readonly protectedUsernames: ReadonlySet<string>;
  /** Whether what Mode has already is taken over by itself; `auto` when absent. */
  readonly adoption?: Adoption;
  /** When to send an invite again; as `INVITE_POLICY` when absent. */
  readonly invites?: InvitePolicy;
}
