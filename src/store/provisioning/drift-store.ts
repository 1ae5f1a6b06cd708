/** What a comparison of the IdP, our own writes and Mode needs, in a few large reads. */
import { sql } from 'kysely';
import type { Subject } from '../../directory/subject.ts';
import type {
  DriftMode,
  DriftState,
  WantedGroup,
  WantedUser,
  Written,
} from '../../provisioning/drift/drift.ts';
import { hasOwnScim } from '../../provisioning/capability/capability.ts';
import { workspaceCapabilities } from '../../provisioning/plan/available-capabilities.ts';
import { matchAccounts } from '../../provisioning/matching/matching.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import type { DriftStore } from '../../provisioning/ports/drift-store.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { changeStatements } from '../log/change-statements.ts';
import { matchingReads } from '../matching/matching-reads.ts';
import { capabilities } from './capabilities.ts';
import { observedReads } from './observed-reads.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { toGroupMember } from '../tables/observed-rows.ts';
import { PROFILE_COLUMNS, wantedProfile } from '../tables/users.ts';

/** After this many tries, what a job has not got done is reported as drift. */
const PATIENCE = 4;

export function driftStore(engine: Engine): DriftStore {
  const { db } = engine;
  const { observedMembers, observedGroups } = observedReads(engine);
  const { all } = matchingReads(engine);
  const { routes } = capabilities(engine);

  /** A job that is parked, or was tried this often, is not expected to correct anything. */
  const busy = sql<
    0 | 1
  >`case when jobs.subject_id is not null and jobs.parked = 0 and jobs.attempts < ${PATIENCE} then 1 else 0 end`;

  async function users(workspace: string): Promise<WantedUser[]> {
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

  async function groups(workspace: string): Promise<WantedGroup[]> {
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

  async function groupMembers(workspace: string): Promise<DriftState['groupMembers']> {
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

  async function written(workspace: string): Promise<DriftState['written']> {
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
      // The newest: an invite is written under the address, what follows under the account.
      member: (keys) =>
        keys
          .flatMap((key) => byKey.get(`members ${key}`) ?? [])
          .sort((a, b) => b.at - a.at)
          .at(0),
      group: (token) => byKey.get(`groups ${token}`),
      groupMember: (targetGroupId, accountId) => byKey.get(`group:${targetGroupId} ${accountId}`),
    };
  }

  async function available(workspace: string): Promise<DriftState['available']> {
    const known = await routes(workspace);
    return workspaceCapabilities(known, hasOwnScim(known));
  }

  const modeOf = (fallback: DriftMode) => sql<DriftMode>`coalesce(connections.drift, ${fallback})`;

  return {
    driftState: async (workspace) => ({
      users: await users(workspace),
      groups: await groups(workspace),
      members: await observedMembers(workspace),
      groupsOnMode: await observedGroups(workspace),
      groupMembers: await groupMembers(workspace),
      written: await written(workspace),
      available: await available(workspace),
    }),

    driftModes: async (workspace, fallback) => {
      const rows = await db
        .selectFrom('connections')
        .select(['id', modeOf(fallback).as('mode')])
        .where('workspace', '=', workspace)
        .orderBy('id')
        .execute();
      return rows.map((row) => ({ connectionId: row.id, mode: row.mode }));
    },

    setDriftMode: async (workspace, connectionId, mode, { by = null, at }) => {
      const update = db
        .updateTable('connections')
        .set({ drift: mode })
        .where('workspace', '=', workspace)
        .where('id', '=', connectionId);
      const data = { connection: connectionId, mode, by };
      const statements = [
        { query: update.compile(), expect: 1 },
        ...changeStatements(engine)(workspace, at, [{ kind: 'connection.drift_set', subject: null, data }]),
      ];
      return (await engine.write(statements)) === 'committed';
    },

    onlyReported: async (workspace, subjects, fallback) => {
      const reported = new Set<string>();
      const reporting = db
        .selectFrom('connections')
        .select('id')
        .where('workspace', '=', workspace)
        .where(modeOf(fallback), '=', 'report');
      if ((await reporting.limit(1).executeTakeFirst()) === undefined) return reported;
      for (const [kind, table] of [
        ['user', 'users'],
        ['group', 'groups'],
      ] as const) {
        for (const ids of chunks(idsOf(subjects, kind))) {
          const rows = await db
            .selectFrom(table)
            .select('id')
            .where('id', 'in', ids)
            .where('owner_id', 'in', reporting)
            .execute();
          for (const row of rows) reported.add(row.id);
        }
      }
      return reported;
    },
  };
}

function idsOf(subjects: readonly Subject[], kind: Subject['kind']): readonly string[] {
  return [...new Set(subjects.filter((subject) => subject.kind === kind).map((subject) => subject.id))];
}
