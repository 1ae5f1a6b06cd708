/** What IdPs took from people, to give it back after a reactivation. */

export interface WithdrawalsTable {
  user_id: string;
  /** `access`, `role` or `group`. */
  what: string;
  /** Empty: none. */
  group_id: string;
  workspace: string;
  connection_id: string;
  at: number;
  /** Of `role`: the attributes that stated it, as the text of a JSON object. */
  roles: string | null;
  /** The request that took it away, in `requests` for as long as those are kept. */
  request_id: string | null;
}
