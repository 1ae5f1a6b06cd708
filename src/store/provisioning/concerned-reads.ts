/** Finds the users and groups of the directory that match members and groups of the target. */
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Subject } from '../../directory/subject.ts';
import { matchAccounts } from '../../provisioning/matching/match-accounts.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import type { AccountHolder, PersonConcerned } from '../../provisioning/ports/subject-store.ts';
import type { SubjectStore } from '../../provisioning/ports/subject-store.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { matchingReads } from '../matching/matching-reads.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { fold } from '../tables/keys.ts';

type ConcernedReads = Omit<SubjectStore, 'subjectState'>;

interface ConcernedRow {
  readonly id: string;
  readonly owner_id: string | null;
  readonly token?: string | null;
  readonly address?: string | null;
}

export function concernedReads(engine: Engine): ConcernedReads {
  return {
    peopleConcerned: peopleConcerned(engine),
    accountHolders: accountHolders(engine),
    groupsBehind: groupsBehind(engine),
    unsettledSubjects: unsettledSubjects(engine),
    pushedNames: pushedNames(engine),
    unmanaged: unmanaged(engine),
  };
}

/** The likeliest user first. */
async function usersConcerned(
  { db }: Engine,
  workspace: string,
  tokens: readonly string[],
  addresses: readonly string[],
): Promise<readonly ConcernedRow[]> {
  const users = () =>
    db
      .selectFrom('users')
      .select(['users.id', 'users.owner_id'])
      .where('users.workspace', '=', workspace)
      // A row that no IdP pushed and that was hidden since does not count.
      .where((of) => of.or([of('users.owner_id', 'is not', null), of('users.deleted_at', 'is', null)]));
  // PostgreSQL does not accept an empty list. No row has the empty string.
  const linked = await users()
    .innerJoin('links', (join) => join.on(ofSubject('links', 'users')))
    .select('links.token')
    .where('links.token', 'in', [...tokens, ''])
    .execute();
  const mailed = await users()
    .select('users.account_key as address')
    .where('users.account_key', 'in', [...addresses, ''])
    .orderBy(sql`case when users.owner_id is null then 1 else 0 end`)
    .orderBy('users.active', 'desc')
    .orderBy('users.created_at')
    .orderBy('users.id')
    .execute();
  const invited = await users()
    .innerJoin('invites', (join) =>
      join
        .onRef('invites.workspace', '=', 'users.workspace')
        .onRef('invites.user_id', '=', 'users.id')
        .on('invites.state', '!=', 'accepted'),
    )
    .select('invites.email_key as address')
    .where('invites.email_key', 'in', [...addresses, ''])
    .execute();
  return [...linked, ...mailed, ...invited];
}

function peopleConcerned(engine: Engine): ConcernedReads['peopleConcerned'] {
  const { db } = engine;
  return async (workspace, members) => {
    const people: PersonConcerned[] = [];
    for (const piece of chunks(members)) {
      const byToken = Map.groupBy(piece, (member) => member.accountId ?? '');
      const byAddress = Map.groupBy(piece, (member) => fold(member.email ?? ''));
      const users = await usersConcerned(engine, workspace, [...byToken.keys()], [...byAddress.keys()]);
      const memberships = await db
        .selectFrom('group_members')
        .select(['user_id', 'group_id'])
        .where('user_id', 'in', [...new Set(users.map((user) => user.id)), ''])
        .execute();
      const groups = Map.groupBy(memberships, (row) => row.user_id);
      const seen = new Set<string>();
      for (const { id, owner_id: owner, token, address } of users) {
        const same = token === undefined ? byAddress.get(address ?? '') : byToken.get(token ?? '');
        for (const member of same ?? []) {
          const pair = `${id} ${memberKey(member)}`;
          if (seen.has(pair)) continue;
          seen.add(pair);
          people.push({
            memberKey: memberKey(member),
            userId: id,
            owned: owner !== null,
            groupIds: (groups.get(id) ?? []).map((row) => row.group_id),
            accountId: token ?? null,
          });
        }
      }
    }
    return people;
  };
}

function accountHolders(engine: Engine): ConcernedReads['accountHolders'] {
  const { all } = matchingReads(engine);
  return async (workspace) => {
    const { users, members } = await all(workspace);
    const matching = matchAccounts(users, members);
    const holders = new Map<string, AccountHolder>();
    for (const some of chunks(users)) {
      for (const { id, owned } of some) {
        const { member } = matching.of(id);
        if (member !== null) holders.set(memberKey(member), { userId: id, owned });
      }
      // In batches, so that a large company does not delay requests.
      await setImmediate();
    }
    return holders;
  };
}

function groupsBehind(engine: Engine): ConcernedReads['groupsBehind'] {
  const { db } = engine;
  return async (workspace, groupTokens) => {
    const found = new Map<string, string>();
    for (const tokens of chunks(groupTokens)) {
      const query = db
        .selectFrom('links')
        .innerJoin('groups', 'groups.id', 'links.subject_id')
        .select(['links.token', 'links.subject_id'])
        .where('links.workspace', '=', workspace)
        // An unmanaged group that had vanished does not count. When it comes back, it is shown again.
        .where((of) => of.or([of('groups.owner_id', 'is not', null), of('groups.deleted_at', 'is', null)]));
      const rows = await query.where('links.kind', '=', 'group').where('links.token', 'in', tokens).execute();
      for (const row of rows) found.set(row.token, row.subject_id);
    }
    return found;
  };
}

function unsettledSubjects(engine: Engine): ConcernedReads['unsettledSubjects'] {
  const { db } = engine;
  return async (workspace) => {
    const unsettled = async (table: 'users' | 'groups', kind: Subject['kind']): Promise<Subject[]> => {
      const rows = await db
        .selectFrom(table)
        .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', table)))
        .leftJoin('jobs', (join) => join.on(ofSubject('jobs', table)))
        .select(`${table}.id`)
        .where(`${table}.workspace`, '=', workspace)
        .where(`${table}.owner_id`, 'is not', null)
        .where('jobs.subject_id', 'is', null)
        .where((of) => of.or([of('deliveries.state', 'is', null), of('deliveries.state', '!=', 'verified')]))
        .execute();
      return rows.map((row) => ({ kind, id: row.id }));
    };
    return [...(await unsettled('users', 'user')), ...(await unsettled('groups', 'group'))];
  };
}

function pushedNames(engine: Engine): ConcernedReads['pushedNames'] {
  const { db } = engine;
  return async (workspace) => {
    const users = await db
      .selectFrom('users')
      .select('email')
      .where('workspace', '=', workspace)
      .where('owner_id', 'is not', null)
      .where('active', '=', 1)
      .where('deleted_at', 'is', null)
      .orderBy('user_name_key')
      .execute();
    const groups = await db
      .selectFrom('groups')
      .select('display_name')
      .where('workspace', '=', workspace)
      .where('owner_id', 'is not', null)
      .where('deleted_at', 'is', null)
      .orderBy('display_name')
      .execute();
    return {
      emails: users.flatMap((user) => user.email ?? []),
      groups: groups.map((group) => group.display_name),
    };
  };
}

function unmanaged(engine: Engine): ConcernedReads['unmanaged'] {
  const { db } = engine;
  return async (workspace) => {
    const rows = async (table: 'users' | 'groups', kind: Subject['kind']) => {
      const found = await db
        .selectFrom(table)
        .leftJoin('links', (join) => join.on(ofSubject('links', table)))
        .select([`${table}.id`, `${table}.version`, 'links.token'])
        .where(`${table}.workspace`, '=', workspace)
        .where(`${table}.owner_id`, 'is', null)
        .where(`${table}.deleted_at`, 'is', null)
        .execute();
      return found.map(({ id, version, token }) => ({ subject: { kind, id }, version, token }));
    };
    return [...(await rows('users', 'user')), ...(await rows('groups', 'group'))];
  };
}
