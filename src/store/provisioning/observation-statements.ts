/** The statements of an observation: deleted and new rows, links, read times, changes, jobs. */
import { sql } from 'kysely';
import type { ChangeDraft } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { Observation } from '../../provisioning/model/observation.ts';
import { changeStatements } from '../log/change-statements.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { acceptedStatements } from './accepted-statements.ts';
import { inviteStatements, seenInviteStatements } from './invite-statements.ts';
import { removedLeaverStatements } from './leavers.ts';
import { enqueueJobs } from '../log/job-statements.ts';
import { activityStatements, permissionStatements } from './permission-statements.ts';
import { memberRow } from '../tables/observed-rows.ts';
import { readStatements, removedStatements, settledStatements } from './read-statements.ts';
import { flag } from '../tables/flag.ts';
import { writtenStatements } from './written-statements.ts';

export function observationStatements(engine: Engine): (observation: Observation) => Statement[] {
  const [wakes, changesOf] = [enqueueJobs(engine), changeStatements(engine)];
  const written = writtenStatements(engine);
  return (observation) => {
    const { workspace, at, changes = [], links = [], enqueue = [] } = observation;
    return [
      ...staleGroupStatements(engine, observation),
      ...memberStatements(engine, observation),
      ...groupStatements(engine, observation),
      ...groupMemberStatements(engine, observation),
      ...linkStatements(engine, observation),
      ...adoptedStatements(engine, observation),
      ...permissionStatements(engine, observation),
      ...activityStatements(engine, observation),
      ...removedStatements(engine, observation),
      ...settledStatements(engine, observation),
      ...inviteStatements(engine, observation),
      ...removedLeaverStatements(engine, observation),
      ...readStatements(engine, observation),
      ...seenInviteStatements(engine, observation),
      ...written(observation),
      ...acceptedStatements(engine, { workspace, ...observation.accepted }),
      ...wakes(workspace, enqueue, at),
      ...changesOf(workspace, at, [
        ...changes,
        ...links.map(({ subject, token }) => linkChange(subject, token)),
      ]),
    ];
  };
}

function memberStatements({ db }: Engine, { workspace, members }: Observation): Statement[] {
  if (members === undefined) return [];
  const removals = chunks(members.remove).map((keys) =>
    db
      .deleteFrom('observed_members')
      .where('workspace', '=', workspace)
      .where('member_key', 'in', keys)
      .compile(),
  );
  const upserts = members.upsert.map((member) => {
    const { workspace: of, member_key, ...values } = memberRow(workspace, member);
    return db
      .insertInto('observed_members')
      .values({ workspace: of, member_key, ...values })
      .onConflict((conflict) => conflict.columns(['workspace', 'member_key']).doUpdateSet(values))
      .compile();
  });
  return [...removals, ...upserts].map((query) => ({ query }));
}

/**
 * A member who leaves the workspace should also leave its groups, but no read has shown it. The members of these groups
 * count as never read, and their jobs are enqueued.
 */
function staleGroupStatements({ db }: Engine, { workspace, members, at }: Observation): Statement[] {
  const left = members?.upsert
    .filter((member) => member.state === 'former')
    .flatMap((member) => member.accountId ?? []);
  const gone = [...(members?.remove ?? []), ...(left ?? [])];
  const instant = sql<number>`cast(${at} as bigint)`;
  return chunks(gone).flatMap((keys) => {
    const groupTokens = db
      .selectFrom('observed_group_members')
      .where('observed_group_members.workspace', '=', workspace)
      .where('observed_group_members.member_token', 'in', keys);
    const forget = db
      .deleteFrom('read_times')
      .where('workspace', '=', workspace)
      .where('list', 'in', groupTokens.select(sql<string>`'group:' || group_token`.as('list')));
    const looking = groupTokens
      .innerJoin('links', (join) =>
        join
          .onRef('links.token', '=', 'observed_group_members.group_token')
          .onRef('links.workspace', '=', 'observed_group_members.workspace')
          .on('links.kind', '=', 'group'),
      )
      .distinct()
      .select(['links.workspace', 'links.kind', 'links.subject_id'])
      .select([instant.as('run_at'), instant.as('applied_at'), sql<number>`0`.as('attempts')])
      .select([sql<1>`1`.as('verifying'), sql<number>`0`.as('generation'), sql<0>`0`.as('parked')]);
    const look = db
      .insertInto('jobs')
      .columns([
        'workspace',
        'kind',
        'subject_id',
        'run_at',
        'applied_at',
        'attempts',
        'verifying',
        'generation',
        'parked',
      ])
      .expression(looking)
      .onConflict((conflict) => conflict.doNothing());
    // Earlier writes of the bridge must not take precedence over the next read.
    const doubt = db
      .updateTable('observed_group_members')
      .set({ written_at: null })
      .where('workspace', '=', workspace)
      .where('member_token', 'in', keys);
    return [{ query: look.compile() }, { query: forget.compile() }, { query: doubt.compile() }];
  });
}

/** The rows of a deleted group are deleted, too. */
function groupStatements({ db }: Engine, { workspace, groups }: Observation): Statement[] {
  if (groups === undefined) return [];
  const removals = groups.remove.flatMap((token) => [
    db.deleteFrom('observed_groups').where('workspace', '=', workspace).where('token', '=', token).compile(),
    db
      .deleteFrom('observed_group_members')
      .where('workspace', '=', workspace)
      .where('group_token', '=', token)
      .compile(),
    db
      .deleteFrom('read_times')
      .where('workspace', '=', workspace)
      .where('list', '=', `group:${token}`)
      .compile(),
    db
      .deleteFrom('removed_on_mode')
      .where('workspace', '=', workspace)
      .where('list', '=', `group:${token}`)
      .compile(),
  ]);
  const upserts = groups.upsert.map(({ token, name, writable, writtenAt, memberCount }) => {
    const values = {
      name,
      writable: flag(writable),
      written_at: writtenAt,
      ...(memberCount === undefined ? {} : { member_count: memberCount }),
    };
    return db
      .insertInto('observed_groups')
      .values({ workspace, token, ...values })
      .onConflict((conflict) => conflict.columns(['workspace', 'token']).doUpdateSet(values))
      .compile();
  });
  return [...removals, ...upserts].map((query) => ({ query }));
}

function groupMemberStatements({ db }: Engine, { workspace, groupMembers }: Observation): Statement[] {
  if (groupMembers === undefined) return [];
  const byGroup = Map.groupBy(groupMembers.remove, (row) => row.targetGroupId);
  const removals = [...byGroup].flatMap(([targetGroupId, rows]) =>
    chunks(rows.map((row) => row.accountId)).map((tokens) =>
      db
        .deleteFrom('observed_group_members')
        .where('workspace', '=', workspace)
        .where('group_token', '=', targetGroupId)
        .where('member_token', 'in', tokens)
        .compile(),
    ),
  );
  const upserts = chunks(groupMembers.upsert).map((rows) =>
    db
      .insertInto('observed_group_members')
      .values(
        rows.map(({ targetGroupId, accountId, groupMembershipId, writtenAt }) => ({
          workspace,
          group_token: targetGroupId,
          member_token: accountId,
          group_membership_token: groupMembershipId ?? '',
          written_at: writtenAt,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .compile(),
  );
  return [...removals, ...upserts].map((query) => ({ query }));
}

/** The change log entry for a link, because the feed's view of a subject depends on its account or group. */
export function linkChange(subject: Subject, token: string | null): ChangeDraft {
  const data = subject.kind === 'user' ? { memberToken: token } : { groupToken: token };
  return { kind: 'mode.linked', subject, data };
}

/**
 * One account or group of the target has one subject, so a new link replaces an older one. If an operator linked the
 * account during the read of the target, the operator's link stays.
 */
function linkStatements({ db }: Engine, { workspace, links = [] }: Observation): Statement[] {
  const linksOf = (column: 'subject_id' | 'token', kind: string, value: string) =>
    db
      .deleteFrom('links')
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      .where(column, '=', value);
  return links.flatMap(({ subject: { kind, id }, token, origin = 'auto' }): Statement[] => {
    const own = { query: linksOf('subject_id', kind, id).compile() };
    if (token === null) return [own];
    const insert = sql`insert into links (workspace, kind, subject_id, token, origin)
      select ${workspace}, ${kind}, ${id}, ${token}, ${origin} where not exists (
        select 1 from links where workspace = ${workspace} and kind = ${kind} and token = ${token})`.compile(
      db,
    );
    const others = linksOf('token', kind, token).where('origin', '!=', 'operator').compile();
    return [own, { query: others }, { query: insert }];
  });
}

function adoptedStatements({ db }: Engine, { workspace, adopted = [] }: Observation): Statement[] {
  return adopted.map(({ kind, id }) => {
    const adopt = db
      .updateTable('links')
      .set({ origin: 'auto' })
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      .where('subject_id', '=', id)
      .where('origin', '=', 'shown');
    return { query: adopt.compile() };
  });
}
