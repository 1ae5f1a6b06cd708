/** Estimates the work on the target that is left in jobs. */
import { sql } from 'kysely';
import type { WorkLeft } from '../../operators/status-store.ts';
import type { Engine } from '../engine/engine.ts';

interface GroupRow {
  readonly id: string;
  readonly token: string | null;
  readonly wanted: number;
  readonly present: number;
}

/** The subject is blocked, and its job only checks whether that has changed. */
const isBlocked = sql`(jobs.reason is not null and exists (
  select 1 from deliveries where deliveries.workspace = jobs.workspace and deliveries.kind = jobs.kind
    and deliveries.subject_id = jobs.subject_id and deliveries.state = 'blocked'))`;

/**
 * @returns an estimate of the work of the workspace's jobs. Jobs that wait for people or for a read-back need none.
 * Members of groups are counted and not compared, so that it takes milliseconds for any number of them
 */
export function workLeft({ db }: Engine): (workspace: string) => Promise<WorkLeft> {
  return async (workspace) => {
    const users = await db
      .selectFrom('jobs')
      .select(['precedence', (of) => of.fn.countAll<number>().as('n')])
      .where('workspace', '=', workspace)
      .where('kind', '=', 'user')
      .where('parked', '=', 0)
      .where('verifying', '=', 0)
      .where(sql<boolean>`not ${isBlocked}`)
      .groupBy('precedence')
      .execute();
    const { rows: invited } = await sql<{ id: string; members: number }>`
      select group_members.group_id as id, count(*) as members
      from invites inner join group_members on group_members.user_id = invites.user_id
      where invites.workspace = ${workspace} and invites.state in ('sent', 'pending')
      group by group_members.group_id
    `.execute(db);
    const invitedOf = new Map(invited.map(({ id, members }) => [id, members]));
    const { rows: groups } = await sql<GroupRow>`
      select jobs.subject_id as id, known.token,
        (select count(*) from group_members where group_members.group_id = jobs.subject_id) as wanted,
        (select count(*) from observed_group_members as member
          where member.workspace = jobs.workspace and member.group_token = known.token) as present
      from jobs
      left join links as known on known.workspace = jobs.workspace and known.kind = 'group'
        and known.subject_id = jobs.subject_id
      where jobs.workspace = ${workspace} and jobs.kind = 'group' and jobs.parked = 0 and jobs.verifying = 0
        and not ${isBlocked}
    `.execute(db);
    return {
      people: users.reduce((sum, row) => sum + row.n, 0),
      urgent: users.find((row) => row.precedence === 0)?.n ?? 0,
      groups: groups.filter((group) => group.token === null).length,
      groupMembers: groups.reduce(
        (sum, { id, wanted, present }) => sum + Math.abs(wanted - (invitedOf.get(id) ?? 0) - present),
        0,
      ),
      afterInvites: invited.reduce((sum, { members }) => sum + members, 0),
    };
  };
}
