/**
 * The worker's port to what the breaker counts and holds. Time within the window is time worked for the workspace, which the
 * lease adds up: neither the wall clock nor a time in which nobody worked makes a removal old.
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
   * Counts removals that are about to be sent, and uses up their approvals. One that is counted already is not counted twice.
   * @param fence of the bridge that works for the workspace
   * @returns false, and writes nothing, when another bridge works for it
   */
  countRemovals(of: OwnedSubject, removals: readonly PassedRemoval[], fence: number): Promise<boolean>;
  /**
   * Makes the holds of a subject those of its plan: new ones are added, and those that are not wanted any more are gone.
   * @returns how many are new
   */
  syncHolds(of: OwnedSubject, holds: readonly NewHold[], at: number): Promise<number>;
  /**
   * Forgets the holds of a subject, and that its removals may be tried again, except for operations with these keys. What was
   * counted stays counted.
   */
  endRemovals(workspace: string, subject: Subject, planned: ReadonlySet<string>): Promise<void>;
  /** Members and pending invites that the target has. */
  memberCount(workspace: string): Promise<number>;
}
