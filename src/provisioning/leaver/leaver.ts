/**
 * A person that the IdP deactivated or deleted. The clock runs from the commit of that change until a read of the
 * target shows that the person has no account. It does not stop when the target accepts the removal.
 */
export interface Leaver {
  readonly id: string;
  readonly workspace: string;
  readonly userId: string;
  /** The userName at that time. */
  readonly name: string;
  readonly connectionId: string;
  readonly cause: 'deactivated' | 'deleted';
  /** The request that caused it; null without one. */
  readonly requestId: string | null;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  /** When the target accepted the removal last; null: it has not, or there was nothing to remove. */
  readonly removedAt: number | null;
  /** The account that was removed. */
  readonly account: string | null;
  readonly verifiedAt: number | null;
  /** When the IdP reactivated the person, or the connection was removed, before the removal was verified. */
  readonly cancelledAt: number | null;
}

export type LeaverState = 'verified' | 'cancelled' | 'removed' | 'waiting';

/** `removed`: the target accepted the removal, and no read has shown it yet. */
export function leaverState({ verifiedAt, cancelledAt, removedAt }: Leaver): LeaverState {
  if (verifiedAt !== null) return 'verified';
  if (cancelledAt !== null) return 'cancelled';
  return removedAt === null ? 'waiting' : 'removed';
}

/** How long the person kept their access; until now when not verified. Milliseconds. */
export function leavingMs({ askedAt, verifiedAt, cancelledAt }: Leaver, now: number): number {
  return Math.max(0, (verifiedAt ?? cancelledAt ?? now) - askedAt);
}

/** Whether the removal is or was above the objective. A cancelled one never is. */
export function isOverdue(leaver: Leaver, objectiveMs: number, now: number): boolean {
  return leaver.cancelledAt === null && leavingMs(leaver, now) > objectiveMs;
}
