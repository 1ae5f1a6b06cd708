/**
 * The worker's port to counted and held removals. The window is measured in time worked for the workspace, which the
 * lease adds up. Neither the wall clock nor a time without a bridge makes a removal old.
 */
import type { Subject } from '../../directory/subject.ts';
import type { BreakerLimits, KnownRemovals, PassedRemoval } from '../gate/breaker.ts';
import type { NewHold } from '../gate/hold.ts';
import type { Removal } from '../gate/removal.ts';

export interface OwnedSubject {
  readonly workspace: string;
  readonly connectionId: string;
  readonly subject: Subject;
}

export interface RemovalStore {
  /** @param removals all that the plan has */
  knownRemovals(
    of: OwnedSubject,
    removals: readonly Removal[],
    limits: Pick<BreakerLimits, 'count' | 'windowMs'>,
  ): Promise<KnownRemovals>;
  /**
   * Counts removals before they are sent, and uses up their approvals. A removal that is already counted is not counted
   * twice. @param fence the fence of the bridge that works for the workspace
   * @returns false, and writes nothing, when another bridge works for it
   */
  countRemovals(of: OwnedSubject, removals: readonly PassedRemoval[], fence: number): Promise<boolean>;
  /**
   * Replaces the holds of a subject with those of its plan: adds new ones, and deletes those that the plan no longer
   * has. @returns the number of new ones
   */
  syncHolds(of: OwnedSubject, holds: readonly NewHold[], at: number): Promise<number>;
  /**
   * Deletes the holds of a subject, and the pending state of its removals, except for operations with these keys.
   * Counts stay.
   */
  endRemovals(workspace: string, subject: Subject, planned: ReadonlySet<string>): Promise<void>;
  /** Members and pending invites that the target has. */
  memberCount(workspace: string): Promise<number>;
}
