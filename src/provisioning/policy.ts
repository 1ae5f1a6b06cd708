/** What a plan must respect beyond desired and observed state. Breaker, holds and protection find their place here. */
export interface Policy {
  /** Accounts that are never removed or demoted, such as the owner of the bridge's own API key. */
  readonly protectedMemberTokens: ReadonlySet<string>;
}

export const defaultPolicy: Policy = { protectedMemberTokens: new Set() };
