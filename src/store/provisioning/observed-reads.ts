/** The observed state of the target, and how it was read. */
import { sql } from 'kysely';
import type { ObservedStore } from '../../provisioning/ports/observed-store.ts';
import { nameOf } from '../../provisioning/plan/name-of.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { toGroupMember, toMember, toObservedGroup } from '../tables/observed-rows.ts';

export function observedReads(engine: Engine): ObservedStore {
  return {
    observedMembers: observedMembers(engine),
    isAnybodyInvited: isAnybodyInvited(engine),
    observedGroups: observedGroups(engine),
    namesOnTarget: namesOnTarget(engine),
    observedGroupMembers: observedGroupMembers(engine),
    groupsUnseen: groupsUnseen(engine),
    removedOnTarget: removedOnTarget(engine),
    groupReads: groupReads(engine),
    readTimes: readTimes(engine),
  };
}

/** When a list was last read; null when it never was. */
async function readAt({ db }: Engine, workspace: string, list: string): Promise<number | null> {
  const query = db.selectFrom('read_times').select('read_at').where('workspace', '=', workspace);
  return (await query.where('list', '=', list).executeTakeFirst())?.read_at ?? null;
}

/** All members of the target. */
function observedMembers({ db }: Engine): ObservedStore['observedMembers'] {
  return async (workspace) => {
    const rows = await db
      .selectFrom('observed_members')
      .selectAll()
      .where('workspace', '=', workspace)
      .execute();
    return rows.map(toMember);
  };
}

/** Whether the target lists a pending invite. */
function isAnybodyInvited({ db }: Engine): ObservedStore['isAnybodyInvited'] {
  return async (workspace) => {
    const invited = db
      .selectFrom('observed_members')
      .select('member_key')
      .where('workspace', '=', workspace)
      .where('state', '=', 'invited')
      .limit(1);
    return (await invited.executeTakeFirst()) !== undefined;
  };
}

/** All groups of the target. */
function observedGroups({ db }: Engine): ObservedStore['observedGroups'] {
  return async (workspace) => {
    const rows = await db
      .selectFrom('observed_groups')
      .selectAll()
      .where('workspace', '=', workspace)
      .execute();
    return rows.map(toObservedGroup);
  };
}

/** Names for people: of accounts by key, and of groups by token. */
function namesOnTarget({ db }: Engine): ObservedStore['namesOnTarget'] {
  return async (workspace, { accounts, groups }) => {
    const members = chunks(accounts).map((keys) =>
      db
        .selectFrom('observed_members')
        .select(['member_key', 'email', 'username', 'member_token as accountId'])
        .where('workspace', '=', workspace)
        .where('member_key', 'in', keys)
        .execute(),
    );
    const named = chunks(groups).map((tokens) =>
      db
        .selectFrom('observed_groups')
        .select(['token', 'name'])
        .where('workspace', '=', workspace)
        .where('token', 'in', tokens)
        .execute(),
    );
    return {
      accounts: new Map((await Promise.all(members)).flat().map((row) => [row.member_key, nameOf(row)])),
      groups: new Map((await Promise.all(named)).flat().map((row) => [row.token, row.name])),
    };
  };
}

/** Members of one group, and when they were last read; `current` is false when they must be read first. */
function observedGroupMembers(engine: Engine): ObservedStore['observedGroupMembers'] {
  const { db } = engine;
  return async (workspace, targetGroupId) => {
    const query = db.selectFrom('observed_group_members').selectAll().where('workspace', '=', workspace);
    const rows = await query.where('group_token', '=', targetGroupId).execute();
    const since = await readAt(engine, workspace, `group:${targetGroupId}`);
    return { rows: rows.map(toGroupMember), current: since !== null, readAt: since };
  };
}

/** Whether a change of groups by the bridge waits for a read. */
function groupsUnseen(engine: Engine): ObservedStore['groupsUnseen'] {
  const { db } = engine;
  return async (workspace) => {
    const ours = db
      .selectFrom('observed_groups')
      .select('token')
      .where('workspace', '=', workspace)
      .where('written_at', 'is not', null)
      .limit(1);
    if ((await ours.executeTakeFirst()) !== undefined) return true;
    const since = (await readAt(engine, workspace, 'groups')) ?? 0;
    const gone = db
      .selectFrom('removed_on_mode')
      .select('token')
      .where('workspace', '=', workspace)
      .where('list', '=', 'groups')
      .where((of) => of.or([of('still_listed', '=', 1), of('written_at', '>=', since)]))
      .limit(1);
    return (await gone.executeTakeFirst()) !== undefined;
  };
}

/** What the bridge removed from a list, and whether reads still show it. */
function removedOnTarget({ db }: Engine): ObservedStore['removedOnTarget'] {
  return async (workspace, list) => {
    const name = typeof list === 'string' ? list : `group:${list.targetGroupId}`;
    const query = db.selectFrom('removed_on_mode').selectAll().where('workspace', '=', workspace);
    const rows = await query.where('list', '=', name).execute();
    return new Map(
      rows.map((row) => [row.token, { writtenAt: row.written_at, stillListed: row.still_listed === 1 }]),
    );
  };
}

/** What is known about the members of each group, to decide which groups are read again. */
function groupReads({ db }: Engine): ObservedStore['groupReads'] {
  return async (workspace) => {
    const known = db
      .selectFrom('observed_group_members')
      .select(['group_token', (of) => of.fn.countAll<number>().as('known')])
      .where('workspace', '=', workspace)
      .groupBy('group_token')
      .as('members');
    const rows = await db
      .selectFrom('observed_groups')
      .leftJoin(known, 'members.group_token', 'observed_groups.token')
      .leftJoin('read_times', (join) =>
        join
          .onRef('read_times.workspace', '=', 'observed_groups.workspace')
          .on(sql<boolean>`read_times.list = 'group:' || observed_groups.token`),
      )
      .select(['observed_groups.token', 'observed_groups.member_count', 'observed_groups.settled_count'])
      .select(['observed_groups.members_written_at', 'read_times.read_at', 'members.known'])
      .where('observed_groups.workspace', '=', workspace)
      .orderBy('observed_groups.token')
      .execute();
    return rows.map((row) => ({
      token: row.token,
      listed: row.member_count,
      settled: row.settled_count,
      known: row.known ?? 0,
      readAt: row.read_at,
      writtenAt: row.members_written_at,
    }));
  };
}

/** When the lists of members and of groups were last read. */
function readTimes(engine: Engine): ObservedStore['readTimes'] {
  return async (workspace) => ({
    members: await readAt(engine, workspace, 'members'),
    groups: await readAt(engine, workspace, 'groups'),
  });
}
