/** What a dry run looks at: large reads, in pieces by key, with a turn of the event loop between them. */
import { setImmediate } from 'node:timers/promises';
import type { Subject } from '../../directory/subject.ts';
import type { DryRunGroup, DryRunUser } from '../../provisioning/dry-run/dry-run-facts.ts';
import type { Invite } from '../../provisioning/invite/invite.ts';
import type { ObservedMember } from '../../provisioning/model/observed.ts';
import type { DryRunStore } from '../../provisioning/ports/dry-run-store.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { isShown, toUsers } from '../matching/matching-reads.ts';
import { toGroupMember, toMember } from '../tables/observed-rows.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { eachPiece, PIECE } from './pieces.ts';
import { sharedTexts, toDryRunUser, toPlannedMember } from './dry-run-people.ts';
import { toInvite } from './invite-reads.ts';
import { observedReads } from './observed-reads.ts';
import { toRemembered } from './tasks.ts';

export function dryRunReads(engine: Engine): DryRunStore {
  return {
    lastPosition: lastPosition(engine),
    dryRunPeople: dryRunPeople(engine),
    dryRunGroups: dryRunGroups(engine),
    dryRunMembers: dryRunMembers(engine),
    rememberedTasks: rememberedTasks(engine),
    rejectedRemovals: rejectedRemovals(engine),
  };
}

/** Users after an id, with their links and whether they have a job. */
function userRows({ db }: Engine, workspace: string, after: string) {
  return db
    .selectFrom('users')
    .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
    .leftJoin('jobs', (join) => join.on(ofSubject('jobs', 'users')))
    .select(['users.id', 'users.user_name', 'users.owner_id', 'users.active', 'users.deleted_at'])
    .select(['users.leaving', 'users.account_key', 'users.created_at', 'links.token', 'links.origin'])
    .select(['users.email', 'users.full_name', 'users.admin', 'jobs.subject_id as job'])
    .where('users.workspace', '=', workspace)
    .where((of) => of.or([of('users.owner_id', 'is not', null), of('users.deleted_at', 'is', null)]))
    .where('users.id', '>', after)
    .orderBy('users.id')
    .limit(PIECE)
    .execute();
}

/** Members of the target after a key. */
function memberRows({ db }: Engine, workspace: string, after: string) {
  return db
    .selectFrom('observed_members')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('member_key', '>', after)
    .orderBy('member_key')
    .limit(PIECE)
    .execute();
}

/** Invites after an address. */
function inviteRows({ db }: Engine, workspace: string, after: string) {
  return db
    .selectFrom('invites')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('email_key', '>', after)
    .orderBy('email_key')
    .limit(PIECE)
    .execute();
}

/** Accounts or groups of the target that an operator has said a subject is not. */
function refusedRows({ db }: Engine, workspace: string, kind: Subject['kind']) {
  return db
    .selectFrom('refused_links')
    .select(['subject_id', 'token'])
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .execute();
}

/** The position of the last change of the workspace; 0 when there is none. */
function lastPosition({ db }: Engine): DryRunStore['lastPosition'] {
  return async (workspace) => {
    const row = await db
      .selectFrom('changes')
      .select((of) => of.fn.max('position').as('last'))
      .where('workspace', '=', workspace)
      .executeTakeFirst();
    return row?.last ?? 0;
  };
}

/** All users with what matching and planning need, all members of the target, and the invites that are known. */
function dryRunPeople(engine: Engine): DryRunStore['dryRunPeople'] {
  return async (workspace) => {
    const share = sharedTexts();
    const invites = new Map<string, Invite>();
    const unaccepted: UnacceptedRow[] = [];
    await eachPiece(
      (after) => inviteRows(engine, workspace, after),
      (row) => row.email_key,
      (rows) => {
        for (const row of rows) {
          const { user_id: userId, email_key: key, state } = row;
          if (state !== 'accepted') unaccepted.push({ user_id: userId, email_key: share(key) });
          const invite = toInvite(row);
          if (state !== 'withdrawn') invites.set(share(key), { ...invite, email: share(invite.email) });
        }
      },
    );
    const unacceptedBy = Map.groupBy(unaccepted, (row) => row.user_id);
    const refused = await refusedRows(engine, workspace, 'user');
    const users: DryRunUser[] = [];
    await eachPiece(
      (after) => userRows(engine, workspace, after),
      (row) => row.id,
      (rows) => {
        const ids = rows.map((row) => row.id);
        const own = ids.flatMap((id) => unacceptedBy.get(id) ?? []);
        const matched = toUsers(rows, refused, own);
        for (const [index, row] of rows.entries()) {
          const user = matched[index];
          if (user !== undefined) users.push(toDryRunUser(row, user, share));
        }
      },
    );
    const members: ObservedMember[] = [];
    await eachPiece(
      (after) => memberRows(engine, workspace, after),
      (row) => row.member_key,
      (rows) => {
        for (const row of rows) members.push(toPlannedMember(toMember(row), share));
      },
    );
    return { users, members, invites };
  };
}

/** All groups that are pushed, and all groups of the target. */
function dryRunGroups(engine: Engine): DryRunStore['dryRunGroups'] {
  const { db } = engine;
  const { observedGroups } = observedReads(engine);
  return async (workspace) => {
    const rows = await db
      .selectFrom('groups')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'groups')))
      .leftJoin('jobs', (join) => join.on(ofSubject('jobs', 'groups')))
      .select(['groups.id', 'groups.owner_id', 'groups.display_name', 'groups.display_name_key'])
      .select(['groups.deleted_at', 'links.token', 'links.origin', 'jobs.subject_id as job'])
      .where('groups.workspace', '=', workspace)
      .where('groups.owner_id', 'is not', null)
      .orderBy('groups.id')
      .execute();
    const refused = Map.groupBy(await refusedRows(engine, workspace, 'group'), (row) => row.subject_id);
    const groups = rows.map((row): DryRunGroup => ({
      id: row.id,
      connectionId: row.owner_id ?? '',
      name: row.display_name,
      nameKey: row.display_name_key,
      wanted: row.deleted_at === null,
      targetGroupId: row.token,
      shown: isShown(row.origin),
      refused: new Set(refused.get(row.id)?.map(({ token }) => token)),
      hasJob: row.job !== null,
    }));
    return { groups, onTarget: await observedGroups(workspace) };
  };
}

/** Members of these groups: those that the IdP wants, and those that the target showed in its last read. */
function dryRunMembers({ db }: Engine): DryRunStore['dryRunMembers'] {
  return async (workspace, groups) => {
    const ids = groups.map(({ id }) => id);
    const tokens = groups.flatMap(({ targetGroupId }) => targetGroupId ?? []);
    const [wanted, observed, read] = [[], [], []] as [WantedRow[], ObservedRow[], string[]];
    for (const keys of chunks(ids)) {
      wanted.push(
        ...(await db
          .selectFrom('group_members')
          .innerJoin('users', 'users.id', 'group_members.user_id')
          .select(['group_members.group_id', 'group_members.user_id'])
          .where('group_members.group_id', 'in', keys)
          .where('users.active', '=', 1)
          .where('users.deleted_at', 'is', null)
          .execute()),
      );
      await setImmediate();
    }
    for (const keys of chunks(tokens)) {
      const rows = db.selectFrom('observed_group_members').selectAll().where('workspace', '=', workspace);
      observed.push(...(await rows.where('group_token', 'in', keys).execute()).map(toGroupMember));
      const lists = keys.map((token) => `${GROUP_LIST}${token}`);
      const times = db.selectFrom('read_times').select('list').where('workspace', '=', workspace);
      read.push(...(await times.where('list', 'in', lists).execute()).map(({ list }) => list));
      await setImmediate();
    }
    const known = new Set(read);
    return {
      wanted: new Map(
        [...Map.groupBy(wanted, (row) => row.group_id)].map(([id, rows]) => {
          return [id, rows.map((row) => row.user_id)] as const;
        }),
      ),
      observed: Map.groupBy(observed, (row) => row.targetGroupId),
      unread: new Set(tokens.filter((token) => !known.has(`${GROUP_LIST}${token}`))),
    };
  };
}

/** Open tasks, and those that a person closed, by subject. */
function rememberedTasks({ db }: Engine): DryRunStore['rememberedTasks'] {
  return async (workspace) => {
    const rows = await db
      .selectFrom('tasks')
      .selectAll()
      .where('workspace', '=', workspace)
      .where((of) => of.or([of('closed_at', 'is', null), of('closed_by', '=', 'person')]))
      .orderBy('since')
      .execute();
    const bySubject = Map.groupBy(rows, (row) => `${row.kind}:${row.subject_id}`);
    return ({ kind, id }) => (bySubject.get(`${kind}:${id}`) ?? []).map(toRemembered);
  };
}

/** Removals that somebody has rejected, by the id of the subject. */
function rejectedRemovals({ db }: Engine): DryRunStore['rejectedRemovals'] {
  return async (workspace) => {
    const rows = await db
      .selectFrom('holds')
      .select(['subject_id', 'operation_key'])
      .where('workspace', '=', workspace)
      .where('decision', '=', 'rejected')
      .execute();
    const bySubject = Map.groupBy(rows, (row) => row.subject_id);
    return new Map([...bySubject].map(([id, own]) => [id, new Set(own.map((row) => row.operation_key))]));
  };
}

const GROUP_LIST = 'group:';

type UnacceptedRow = Pick<Awaited<ReturnType<typeof inviteRows>>[number], 'user_id' | 'email_key'>;

interface WantedRow {
  readonly group_id: string;
  readonly user_id: string;
}
type ObservedRow = ReturnType<typeof toGroupMember>;
