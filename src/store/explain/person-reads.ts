/** Finds users of the directory and members of the target by id, name or address. */
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { ExplainStore, KnownPerson, SeenMember } from '../../operators/explain/explain-store.ts';
import type { Engine } from '../engine/engine.ts';
import { fold, nameKey } from '../tables/keys.ts';
import { toMember } from '../tables/observed-rows.ts';
import type { ObservedMembersTable } from '../tables/observed-tables.ts';
import type { UsersTable } from '../tables/users.ts';

export function personReads({ db }: Engine): Pick<ExplainStore, 'findPeople' | 'findMembers'> {
  const run = async <T>(query: RawBuilder<T>) => (await query.execute(db)).rows;

  return {
    findPeople: async (workspace, text, limit) => {
      const users = (where: RawBuilder<unknown>, rank: number) =>
        run(
          sql<PersonRow>`select *, ${sql.lit(rank)} as rank from users
            where workspace = ${workspace} and ${where}
              and (owner_id is not null or deleted_at is null)
            order by deleted_at is not null, created_at desc limit ${limit}`,
        );
      const found = [
        ...(await users(sql`id = ${text}`, 0)),
        ...(await users(sql`user_name_key = ${nameKey(text)} and deleted_at is null`, 1)),
        ...(await users(sql`account_key = ${fold(text)}`, 2)),
        ...(await users(sql`email_key = ${fold(text)}`, 2)),
      ];
      // No index has the names of deleted users.
      const deleted =
        found.length > 0
          ? []
          : await users(sql`user_name_key = ${nameKey(text)} and deleted_at is not null`, 3);
      const byId = new Map([...deleted, ...found.toReversed()].map((row) => [row.id, row]));
      const rank = (row: PersonRow) => Number(row.deleted_at !== null) * 10 + row.rank;
      return [...byId.values()]
        .sort((a, b) => rank(a) - rank(b) || b.created_at - a.created_at)
        .slice(0, limit)
        .map(toPerson);
    },

    findMembers: async (workspace, text, limit) => {
      const rows = await db
        .selectFrom('observed_members')
        .selectAll()
        .where('workspace', '=', workspace)
        .where((of) =>
          of.or([of('member_key', '=', text), of('email_key', '=', fold(text)), of('username', '=', text)]),
        )
        .orderBy('state')
        .limit(limit)
        .execute();
      return rows.map(toSeenMember);
    },
  };
}

type PersonRow = Selectable<UsersTable> & { readonly rank: number };

function toPerson(row: PersonRow): KnownPerson {
  return {
    id: row.id,
    userName: row.user_name,
    email: row.email,
    fullName: row.full_name,
    ownerId: row.owner_id,
    active: row.active === 1,
    admin: row.admin === null ? null : row.admin === 1,
    deletedAt: row.deleted_at,
  };
}

function toSeenMember(row: Selectable<ObservedMembersTable>): SeenMember {
  return {
    member: toMember(row),
    readAt: row.read_at,
    how: row.read_how,
    writtenAt: row.written_at,
  };
}
