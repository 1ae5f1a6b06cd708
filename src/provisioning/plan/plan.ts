/** What must be done for one subject now: the result of the pure planners. */
import type { Operation } from '../model/operation.ts';
import type { WantedTask } from './task.ts';

export interface Plan {
  /** In order. Empty when Mode is as the directory wants it, as far as it can be now. */
  readonly operations: readonly Operation[];
  /** What a person has to do instead of the bridge: every task of this subject that must be open. */
  readonly tasks: readonly WantedTask[];
  /** The Mode account or group that the subject turned out to be; null when there is none. */
  readonly link: string | null;
  /** Why part of the wish cannot be carried out until somebody changes something; null when all of it can. */
  readonly blocked: string | null;
  /** What the rest waits for, such as an invite to be accepted; Mode's next read wakes it. */
  readonly waiting: string | null;
}
