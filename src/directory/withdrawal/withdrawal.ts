/**
 * What an IdP took from a user that it owns. Some IdPs remove a person from their groups around the deactivation, and
 * push nothing after the reactivation. Such removals are part of the deactivation, and end with it.
 */
import type { Connection } from '../access/connection.ts';

/** `access`: the deactivation itself. `role`: the admin role. `group`: one membership. */
export type WithdrawalKind = 'access' | 'role' | 'group';

/** One entry of the journal: the last time that the IdP took this from the user. */
export interface Withdrawal {
  readonly what: WithdrawalKind;
  /** Only for `group`. */
  readonly groupId: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** For `role`: what the document stated before, as `StatedRoles.read` returns it. */
  readonly roles: string | null;
  /** For `group`: whether the group still exists, belongs to the connection, and the user is not a member. */
  readonly possible: boolean;
}

/** Reads and writes what a document states about roles. Documents are text that only `scim/` understands. */
export interface StatedRoles {
  /** @returns undefined when the document states no role */
  read(document: string): string | undefined;
  /** Replaces the roles in the document. @param roles as `read` returned them */
  write(document: string, roles: string): string;
}

/** Settings for giving back what the IdP took away around a deactivation. */
export interface AccessBack {
  /** Milliseconds before and after the deactivation; 0: nothing is given back or recorded. */
  windowMsOf(connection: Connection): number;
  readonly roles: StatedRoles;
}

export const NOTHING_BACK: AccessBack = {
  windowMsOf: () => 0,
  roles: { read: () => undefined, write: (document) => document },
};

/**
 * The removals that belong to the deactivation of the user.
 * @param withdrawals all of one user
 * @param windowMs the maximum time between a removal and the deactivation, before or after it
 */
export function partsOfDeactivation(
  withdrawals: readonly Withdrawal[],
  windowMs: number,
): readonly Withdrawal[] {
  const deactivation = withdrawals.find(({ what }) => what === 'access');
  if (deactivation === undefined || windowMs === 0) return [];
  return withdrawals.filter(
    ({ what, at, possible }) => what !== 'access' && possible && Math.abs(at - deactivation.at) <= windowMs,
  );
}
