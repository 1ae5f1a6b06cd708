/**
 * Accounts are found by `account_key`, which has an index. The index of `email_key` was no longer used, and slowed
 * every new user down.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const oneAddressIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropIndex('users_email').execute();
  },
};
