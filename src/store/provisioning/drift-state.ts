/** The data of a drift comparison, in a few large reads. */
import { sql } from 'kysely';
import type { DriftState, WantedGroup, WantedUser, Written } from '../../provisioning/drift/drift.ts';
import { hasOwnScim } from '../../provisioning/capability/capability.ts';
import { workspaceCapabilities } from '../../provisioning/plan/available-capabilities.ts';
import { matchAccounts } from '../../provisioning/matching/match-accounts.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import type { DriftStore } from '../../provisioning/ports/drift-store.ts';
import type { Engine } from '../engine/engine.ts';
import { matchingReads } from '../matching/matching-reads.ts';
import { capabilities } from './capabilities.ts';
import { observedReads } from './observed-reads.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { toGroupMember } from '../tables/observed-rows.ts';
import { PROFILE_COLUMNS, wantedProfile } from '../tables/users.ts';

/** After this many tries of a job, the difference is reported as drift. */
const PATIENCE = 4;

/** A job that is not parked and has fewer tries is expected to correct the difference. */
const busy = sql<
  0 | 1
>`case when jobs.subject_id is not null and jobs.parked = 0 and jobs.attempts < ${PATIENCE} then 1 else 0 end`;

/** All data of the comparison in one object. */
export function driftState(engine: Engine): DriftStore['driftState'] {
  const { observedMembers, observedGroups } = observedReads(engine);
  return async (workspace) => ({
    users: await users(engine, workspace),
    groups: await groups(engine, workspace),
    members: await observedMembers(workspace),
    groupsOnTarget: await observedGroups(workspace),
    groupMembers: await groupMembers(engine, workspace),
    written: await written(engine, workspace),
    available: await available(engine, workspace),
  });
}

/** Pushed users, as the IdP wants them, with their accounts and their progress. */
async function users(engine: Engine, workspace: string): Promise<WantedUser[]> {
  const { db } = engine;
  const { all } = matchingReads(engine);
  const facts = await all(workspace);
  const matching = matchAccounts(facts.users, facts.members);
  const accountOf = (id: string) => {
    const { member } = matching.of(id);
    return member === null ? null : memberKey(member);
  };
  const rows = await db
    .selectFrom('users')
    .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
    .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', 'users')))
    .leftJoin('jobs', (join) => join.on(ofSubject('jobs', 'users')))
    .select([
      'users.id',
      'users.user_name',
      ...PROFILE_COLUMNS,
      'users.active',
      'users.admin',
      'users.deleted_at',
    ])
    .select(['links.token', 'deliveries.state', 'jobs.subject_id as job_id', busy.as('busy')])
    .where('users.workspace', '=', workspace)
    .where('users.owner_id', 'is not', null)
    .orderBy('users.user_name_key')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    wanted: row.active === 1 && row.deleted_at === null,
    userName: row.user_name,
    ...wantedProfile(row),
    admin: row.admin === null ? null : row.admin === 1,
    accountId: row.token,
    accountKey: accountOf(row.id),
    verified: row.state === 'verified',
    busy: row.busy === 1,
    hasJob: row.job_id !== null,
    held: row.state === 'held',
  }));
}

/** Pushed groups, as the IdP wants them, with their members. */
async function groups({ db }: Engine, workspace: string): Promise<WantedGroup[]> {
  const rows = await db
    .selectFrom('groups')
    .leftJoin('links', (join) => join.on(ofSubject('links', 'groups')))
    .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', 'groups')))
    .leftJoin('jobs', (join) => join.on(ofSubject('jobs', 'groups')))
    .select(['groups.id', 'groups.display_name', 'groups.deleted_at', 'links.token', 'deliveries.state'])
    .select(['jobs.subject_id as job_id', busy.as('busy')])
    .where('groups.workspace', '=', workspace)
    .where('groups.owner_id', 'is not', null)
    .orderBy('groups.display_name')
    .execute();
  const members = await db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .select(['group_members.group_id', 'group_members.user_id'])
    .where('groups.workspace', '=', workspace)
    .where('groups.owner_id', 'is not', null)
    .where('groups.deleted_at', 'is', null)
    .execute();
  const inGroup = Map.groupBy(members, (row) => row.group_id);
  return rows.map((row) => ({
    id: row.id,
    wanted: row.deleted_at === null,
    name: row.display_name,
    targetGroupId: row.token,
    verified: row.state === 'verified',
    busy: row.busy === 1,
    hasJob: row.job_id !== null,
    held: row.state === 'held',
    userIds: (inGroup.get(row.id) ?? []).map((member) => member.user_id),
  }));
}

/** Members of the target's groups as last read. Groups whose members were never read are missing. */
async function groupMembers({ db }: Engine, workspace: string): Promise<DriftState['groupMembers']> {
  const read = await db
    .selectFrom('read_times')
    .select('list')
    .where('workspace', '=', workspace)
    .where('list', 'like', 'group:%')
    .execute();
  const rows = await db
    .selectFrom('observed_group_members')
    .selectAll()
    .where('workspace', '=', workspace)
    .execute();
  const inGroup = Map.groupBy(rows.map(toGroupMember), (row) => row.targetGroupId);
  const tokens = read.map(({ list }) => list.slice('group:'.length));
  return new Map(tokens.map((token) => [token, inGroup.get(token) ?? []]));
}

/** The last write of the bridge for each member, group and membership. */
async function written({ db }: Engine, workspace: string): Promise<DriftState['written']> {
  const rows = await db
    .selectFrom('last_written')
    .select(['list', 'token', 'value', 'written_at', 'confirmed_at'])
    .where('workspace', '=', workspace)
    .execute();
  const byKey = new Map(
    rows.map((row) => {
      const of: Written & { at: number } = {
        value: row.value,
        confirmed: row.confirmed_at !== null,
        at: row.written_at,
      };
      return [`${row.list} ${row.token}`, of];
    }),
  );
  return {
    // The newest one counts: an invite is stored under the address, later writes under the account.
    member: (keys) =>
      keys
        .flatMap((key) => byKey.get(`members ${key}`) ?? [])
        .sort((a, b) => b.at - a.at)
        .at(0),
    group: (token) => byKey.get(`groups ${token}`),
    groupMember: (targetGroupId, accountId) => byKey.get(`group:${targetGroupId} ${accountId}`),
  };
}

/** The capabilities of the target, from the stored routes. */
async function available(engine: Engine, workspace: string): Promise<DriftState['available']> {
  const { routes } = capabilities(engine);

  const known = await routes(workspace);
  return workspaceCapabilities(known, hasOwnScim(known));
}
