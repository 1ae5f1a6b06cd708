/** What makes one subject right: the result of the pure planners. The gate decides how much of it is carried out. */
import type { Operation } from '../model/operation.ts';
import type { Reason } from '../reason/reason.ts';

export interface Plan {
  /** In order. Empty when the target is as the directory wants it, as far as it can be now. */
  readonly operations: readonly Operation[];
  /** The account or group that the subject turned out to be; null when there is none. */
  readonly link: string | null;
  /** Why a part of it cannot be carried out until somebody changes something. */
  readonly blocked: readonly Reason[];
  /** What the rest waits for, such as an invite to be accepted. The next read of the target continues it. */
  readonly waiting: readonly Reason[];
}
