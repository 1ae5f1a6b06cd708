/**
 * What an IdP took from a person who owns it. Some IdPs take a person out of their groups around the deactivation, and push
 * nothing after the reactivation: such removals are part of the deactivation, and end with it.
 */
import type { Connection } from '../access/connection.ts';

/** `access`: the deactivation itself. `role`: the admin role. `group`: one membership. */
export type WithdrawalKind = 'access' | 'role' | 'group';

/** One entry of the journal: the last time that the IdP took this from the user. */
export interface Withdrawal {
  readonly what: WithdrawalKind;
  /** Only of `group`. */
  readonly groupId: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of `role`: what the document stated before, as `StatedRoles.read` returns it. */
  readonly roles: string | null;
  /** Of `group`: whether the group is still there, belongs to the connection, and the user is not a member. */
  readonly possible: boolean;
}

/** Reads and writes what a document states about roles. Documents are text that only `scim/` understands. */
export interface StatedRoles {
  /** @returns undefined when the document states no role */
  read(document: string): string | undefined;
  /** The document with these roles in place of its own. @param roles as `read` returned them */
  write(document: string, roles: string): string;
}

/** Whether and how people get back what was taken from them around their deactivation. */
export interface AccessBack {
  /** Milliseconds before and after the deactivation; 0: nothing is given back, and no journal is kept. */
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
 * @param windowMs how far from the deactivation a removal may be, before or after it
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
