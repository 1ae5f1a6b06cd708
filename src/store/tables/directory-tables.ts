/** The directory, and the change log. */
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
  /** The same for all changes of one write; null for changes from before this column existed. */
  txn: string | null;
  /** The id of the request, which is in the request log until it is deleted; null without a request. */
  request_id: string | null;
}
