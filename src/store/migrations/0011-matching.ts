/**
 * What decides which account of Mode a user is: the address by which the account is looked for, users who are leaving,
 * the user that an address was invited for, and which links are to accounts that the bridge invited.
 */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const matching: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema.alterTable('users').addColumn('account_key', 'text').execute();
    await schema
      .alterTable('users')
      .addColumn('leaving', 'bigint', (c) => c.notNull().defaultTo(0))
      .execute();
    await sql`update users set account_key = email_key`.execute(db);
    // Their removal was under way when the bridge was stopped.
    await sql`update users set leaving = 1
      where owner_id is not null and (active = 0 or deleted_at is not null) and (
        exists (select 1 from jobs where jobs.workspace = users.workspace and jobs.kind = 'user' and jobs.subject_id = users.id)
        or exists (select 1 from deliveries where deliveries.workspace = users.workspace and deliveries.kind = 'user'
          and deliveries.subject_id = users.id and deliveries.state <> 'verified'))`.execute(db);
    // Not by the workspace first: SQLite would choose such an index for reads of a few ids, and look at everybody.
    await schema.createIndex('users_account').on('users').columns(['account_key', 'workspace']).execute();

    await schema.alterTable('invites').addColumn('user_id', 'text').execute();
    await sql`update invites set user_id = (select min(users.id) from users
      where users.workspace = invites.workspace and users.email_key = invites.email_key
        and users.owner_id is not null and users.active = 1 and users.deleted_at is null)`.execute(db);
    await schema.createIndex('invites_user').on('invites').columns(['user_id', 'workspace']).execute();

    await sql`update links set origin = 'invited' where kind = 'user' and origin = 'auto' and exists (
      select 1 from observed_members as member
      join invites on invites.workspace = member.workspace and invites.email_key = member.email_key
      where member.workspace = links.workspace and member.member_key = links.token and invites.sends > 0)`.execute(
      db,
    );
  },
};
