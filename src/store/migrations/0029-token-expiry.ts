/** The expiry of tokens. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const tokenExpiry: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema.alterTable('tokens').addColumn('expires_at', 'bigint').execute();
  },
};
