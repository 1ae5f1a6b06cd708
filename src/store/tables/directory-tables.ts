/** What the IdP said, and the log of all changes. */
import type { Generated } from 'kysely';
import type { Flag } from './flag.ts';

export interface UsersTable {
  id: string;
  workspace: string;
  owner_id: string | null;
  user_name: string;
  user_name_key: string;
  external_id: string | null;
  active: Flag;
  email: string | null;
  email_key: string | null;
  full_name: string | null;
  /** Null: the IdP has never named a role. */
  admin: Flag | null;
  document: string;
  version: number;
  created_at: number;
  updated_at: number;
  /** Set for a tombstone, which only provisioning sees. */
  deleted_at: number | null;
  /**
   * The address by which the account on Mode is looked for: the one under which the IdP wants the user, or wanted them
   * last. An address that comes with or after the deactivation is not the account's.
   */
  account_key: string | null;
  /** 1 from the moment the IdP takes a wanted user back until a read shows that their account is gone. */
  leaving: Flag;
}

export interface UserAddressesTable {
  user_id: string;
  address_key: string;
}

export interface GroupsTable {
  id: string;
  workspace: string;
  owner_id: string | null;
  display_name: string;
  display_name_key: string;
  external_id: string | null;
  document: string;
  version: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
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
}
