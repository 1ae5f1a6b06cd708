/** The journal of withdrawals: its steps as statements, and its reads. */
import { sql } from 'kysely';
import type { DirectoryWrite } from '../../directory/directory-store.ts';
import type { Withdrawal } from '../../directory/withdrawal/withdrawal.ts';
import type { WithdrawalPruning, WithdrawalStore } from '../../directory/withdrawal/withdrawal-store.ts';
import type { WithdrawalStep } from '../../directory/withdrawal/withdrawal-step.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { idList } from '../engine/id-list.ts';
import { jsonSql } from '../engine/json-sql.ts';
import { prepared, slot } from '../engine/prepared.ts';

type WriteOf = Pick<DirectoryWrite, 'workspace' | 'at' | 'requestId'>;

export function withdrawalStatements(engine: Engine): (step: WithdrawalStep, write: WriteOf) => Statement {
  const { db } = engine;
  const ids = sql<string>`${jsonSql(engine.name).ids(slot('ids'))}`;
  const users = db.selectFrom('users').where('workspace', '=', slot('workspace')).where('id', 'in', ids);
  const asText = (name: string) => sql<string>`cast(${slot(name)} as text)`;
  const values = {
    connection_id: asText('connectionId'),
    at: sql<number>`cast(${slot('at')} as bigint)`,
    roles: asText('roles'),
    request_id: asText('requestId'),
  };
  const add = prepared(
    db
      .insertInto('withdrawals')
      .columns(['user_id', 'what', 'group_id', 'workspace', 'connection_id', 'at', 'roles', 'request_id'])
      .expression(
        users.select([
          'id as user_id',
          asText('what').as('what'),
          asText('groupId').as('group_id'),
          'workspace',
          values.connection_id.as('connection_id'),
          values.at.as('at'),
          values.roles.as('roles'),
          values.request_id.as('request_id'),
        ]),
      )
      .onConflict((conflict) => conflict.columns(['user_id', 'what', 'group_id']).doUpdateSet(values)),
  );
  const repeat = prepared(
    db
      .updateTable('withdrawals')
      .set({ at: slot<number>('at') })
      .where('what', '=', slot('what'))
      .where('group_id', '=', slot('groupId'))
      .where('user_id', 'in', users.where('active', '=', 0).select('id')),
  );
  const remove = prepared(
    db
      .deleteFrom('withdrawals')
      .where('what', '=', slot('what'))
      .where('group_id', '=', slot('groupId'))
      .where('user_id', 'in', ids),
  );
  const end = prepared(
    db
      .deleteFrom('withdrawals')
      .where('user_id', '=', slot('userId'))
      .where('connection_id', '=', slot('connectionId'))
      .where('at', '<=', slot<number>('latest')),
  );

  return (step, { workspace, at, requestId = null }) => {
    if (step.step === 'end_withdrawals') {
      const { userId, connectionId, count, latest } = step;
      return { query: end({ userId, connectionId, latest }), expect: count };
    }
    const about = { what: step.what, groupId: step.groupId ?? '', ids: idList(step.userIds), workspace };
    if (step.step === 'repeat_withdrawals') return { query: repeat({ ...about, at }) };
    if (step.step === 'remove_withdrawals') return { query: remove(about) };
    const { connectionId, roles, userIds } = step;
    return { query: add({ ...about, at, connectionId, roles, requestId }), expect: userIds.length };
  };
}

export function withdrawalReads({ db, read }: Engine): WithdrawalStore {
  const possible = sql<0 | 1>`case when exists (
      select 1 from groups where groups.id = withdrawals.group_id and groups.deleted_at is null
        and groups.owner_id = withdrawals.connection_id)
    and not exists (select 1 from group_members where group_members.group_id = withdrawals.group_id
      and group_members.user_id = withdrawals.user_id) then 1 else 0 end`;
  const ofUser = prepared(
    db
      .selectFrom('withdrawals')
      .select(['what', 'group_id', 'at', 'roles', possible.as('possible')])
      .where('user_id', '=', slot('userId'))
      .where('connection_id', '=', slot('connectionId'))
      .orderBy('what')
      .orderBy('group_id'),
  );
  return {
    withdrawals: async (connectionId, userId) =>
      (await read(ofUser({ connectionId, userId }))).map(
        ({ what, group_id, at, roles, possible }): Withdrawal => ({
          what: what as Withdrawal['what'],
          groupId: what === 'group' ? group_id : null,
          at,
          roles,
          possible: what !== 'group' || possible === 1,
        }),
      ),
  };
}

export function withdrawalPruning({ db, write }: Engine): WithdrawalPruning {
  /** Deletes the first rows that the condition selects, at most `limit`. @returns how many */
  async function deleteSome(column: 'at' | 'connection_id', where: unknown, limit: number): Promise<number> {
    const condition = column === 'at' ? sql<boolean>`at < ${where}` : sql<boolean>`connection_id = ${where}`;
    const found = await db
      .selectFrom('withdrawals')
      .select(['user_id', 'what', 'group_id'])
      .where(condition)
      .limit(limit)
      .execute();
    await write(
      found.map(({ user_id, what, group_id }) => ({
        query: db
          .deleteFrom('withdrawals')
          .where('user_id', '=', user_id)
          .where('what', '=', what)
          .where('group_id', '=', group_id)
          .where(condition)
          .compile(),
      })),
    );
    return found.length;
  }

  return {
    prune: (before, limit) => deleteSome('at', before, limit),
    forget: (connectionId, limit) => deleteSome('connection_id', connectionId, limit),
  };
}
