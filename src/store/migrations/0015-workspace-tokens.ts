/** Tokens belong to a workspace, and SCIM tokens also to a connection. A name belongs to one connection. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const workspaceTokens: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema
      .alterTable('tokens')
      .addColumn('workspace', 'text', (c) => c.notNull().defaultTo(''))
      .execute();
    await sql`update tokens set workspace =
      (select workspace from connections where connections.id = tokens.connection_id)`.execute(db);
    // SQLite cannot make a column nullable, so a new column replaces it.
    await schema
      .alterTable('tokens')
      .addColumn('connection', 'text', (c) => c.references('connections.id'))
      .execute();
    await sql`update tokens set connection = connection_id where kind = 'scim'`.execute(db);
    await schema.alterTable('tokens').dropColumn('connection_id').execute();
    await schema.alterTable('tokens').renameColumn('connection', 'connection_id').execute();
    await schema
      .createIndex('connections_name')
      .on('connections')
      .columns(['workspace', 'name'])
      .unique()
      .execute();
  },
};
