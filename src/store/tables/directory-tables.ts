/** What the IdP said, and the log of all changes. */
import type { Generated } from 'kysely';

export interface UserAddressesTable {
  user_id: string;
  address_key: string;
}

export interface GroupMembersTable {
  group_id: string;
  user_id: string;
  added_at: number;
}

export interface ChangesTable {
  position: Generated<number>;
  workspace: string;
  at: number;
  kind: string;
  subject_kind: string | null;
  subject_id: string | null;
  data: string;
  /** The same for all changes of one write; null for those of before there was this column. */
  txn: string | null;
  /** The request that asked for it, in `requests` for as long as those are kept; null: none did. */
  request_id: string | null;
}
