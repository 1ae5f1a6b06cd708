/** The columns of a user: the table, a row from a user, and a user from a row. An attribute with a column is added here. */
import type { Selectable } from 'kysely';
import type { User } from '../../directory/user/user.ts';
import type { Profile } from '../../provisioning/model/profile.ts';
import { slotsOf } from '../engine/prepared.ts';
import { flag, type Flag } from './flag.ts';
import { fold, nameKey } from './keys.ts';

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
   * The address for finding the account on the target: the one under which the IdP wants or last wanted the user. An
   * address that arrives with or after the deactivation does not belong to the account.
   */
  account_key: string | null;
  /** 1 from the deactivation or deletion of a wanted user until a read shows that the account is gone. */
  leaving: Flag;
}

/** The columns that a write of the directory sets. The others depend on the old row. */
type UserRow = Omit<UsersTable, 'deleted_at' | 'account_key' | 'leaving'>;

export function userRow(user: User): UserRow {
  return {
    id: user.id,
    workspace: user.workspace,
    owner_id: user.ownerId,
    user_name: user.userName,
    user_name_key: nameKey(user.userName),
    external_id: user.externalId,
    active: flag(user.active),
    email: user.email,
    email_key: user.email === null ? null : fold(user.email),
    full_name: user.fullName,
    admin: user.admin === null ? null : flag(user.admin),
    document: user.document,
    version: user.version,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
  };
}

/** The columns of a user. */
export const USER_COLUMNS = [
  'id',
  'workspace',
  'owner_id',
  'user_name',
  'external_id',
  'active',
  'email',
  'full_name',
  'admin',
  'document',
  'version',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof UsersTable)[];

/** A slot for each column of `userRow`, named as the column. */
export function userSlots(): UserRow {
  return slotsOf<UserRow>([...USER_COLUMNS, 'user_name_key', 'email_key']);
}

/** The columns of the wanted profile. */
export const PROFILE_COLUMNS = ['users.email', 'users.full_name'] as const;

export function wantedProfile(row: Pick<Selectable<UsersTable>, 'email' | 'full_name'>): Profile {
  return { email: row.email, name: row.full_name };
}

export function toUser(row: Pick<Selectable<UsersTable>, (typeof USER_COLUMNS)[number]>): User {
  return {
    id: row.id,
    workspace: row.workspace,
    ownerId: row.owner_id,
    userName: row.user_name,
    externalId: row.external_id,
    active: row.active === 1,
    email: row.email,
    fullName: row.full_name,
    admin: row.admin === null ? null : row.admin === 1,
    document: row.document,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
