/** What IdPs took from people. A reactivation gives it back. */

export interface WithdrawalsTable {
  user_id: string;
  /** `access`, `role` or `group`. */
  what: string;
  /** Empty: none. */
  group_id: string;
  workspace: string;
  connection_id: string;
  at: number;
  /** For `role`: the attributes that stated it, as the text of a JSON object. */
  roles: string | null;
  /** The id of the request that took it away, which is in the request log until it is deleted. */
  request_id: string | null;
}
