/** The plan of one subject. The gate decides which operations run. */
import type { Operation } from '../model/operation.ts';
import type { Reason } from '../reason/reason.ts';

export interface Plan {
  /** In order. Empty when nothing can be done now. */
  readonly operations: readonly Operation[];
  /** The account or group of the subject; null when there is none. */
  readonly link: string | null;
  /** Why a part of it is blocked until somebody changes something. */
  readonly blocked: readonly Reason[];
  /** What the rest waits for, such as an accepted invite. It continues after the next read of the target. */
  readonly waiting: readonly Reason[];
}
