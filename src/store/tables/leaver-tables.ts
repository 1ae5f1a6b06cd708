/** People whom the IdP deactivated or deleted, from then until a read of the target showed that they have no access. */

export interface LeaversTable {
  id: string;
  workspace: string;
  user_id: string;
  /** The userName then. */
  name: string;
  connection_id: string;
  /** `deactivated` or `deleted`. */
  cause: string;
  request_id: string | null;
  asked_at: number;
  /** When the target accepted the removal last, and of which account. */
  removed_at: number | null;
  account: string | null;
  verified_at: number | null;
  cancelled_at: number | null;
  /** When the time was counted in the metrics; null: not yet. */
  measured_at: number | null;
  /** When it was reported that the time is above the objective; null: it was not. */
  reported_at: number | null;
  /** The end of the change log just before the IdP asked, and when it was verified. */
  after_position: number;
  until_position: number | null;
}
