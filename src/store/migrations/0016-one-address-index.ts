/**
 * Accounts are looked for by `account_key`, which has an index: the one of `email_key` served nothing any more, and every
 * new user paid for it.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const oneAddressIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropIndex('users_email').execute();
  },
};
