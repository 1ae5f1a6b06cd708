/** For which connection, and by which rules, a dry run plans. */
import type { Subject } from '../../directory/subject.ts';
import type { AvailableCapabilities } from '../plan/available-capabilities.ts';
import type { Policy } from '../plan/policy.ts';

export interface DryRunRules {
  readonly connectionId: string;
  readonly policy: Policy;
  /** Milliseconds since the epoch; only the age of invites depends on it. */
  readonly now: number;
  readonly availableTo: (subject: Subject) => AvailableCapabilities;
  /** Keys of removals of the subject that somebody has rejected. */
  readonly rejectedOf: (subject: Subject) => ReadonlySet<string>;
  /** Drift is only reported: nothing is done about a subject without a job. */
  readonly onlyWithJob: boolean;
}

/** How often what is concerned is planned again before it must have come to an end: longer than any chain of addresses. */
export const MAX_ROUNDS = 200;
/** Subjects that are planned in one turn of the event loop. */
export const SUBJECTS_IN_ONE_TURN = 500;
