/**
 * People that the IdP deactivated or deleted, with the times until a read of the target showed that they have no
 * access.
 */

export interface LeaversTable {
  id: string;
  workspace: string;
  user_id: string;
  /** The userName at that time. */
  name: string;
  connection_id: string;
  /** `deactivated` or `deleted`. */
  cause: string;
  request_id: string | null;
  asked_at: number;
  /** When the target last accepted the removal, and the account. */
  removed_at: number | null;
  account: string | null;
  verified_at: number | null;
  cancelled_at: number | null;
  /** When the leaver was counted in the metrics; null: not yet. */
  measured_at: number | null;
  /** When it was reported as above the objective; null: never. */
  reported_at: number | null;
  /** The end of the change log just before the request, and at the verification. */
  after_position: number;
  until_position: number | null;
}
