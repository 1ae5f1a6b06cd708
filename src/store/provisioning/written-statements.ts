/** Statements about the last accepted write of the bridge for each item, and the first read that showed it. */
import { sql, type RawBuilder } from 'kysely';
import { memberKey, type Observation, type ReadList } from '../../provisioning/model/observation.ts';
import type { ObservedMember } from '../../provisioning/model/observed.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { prepared, slot } from '../engine/prepared.ts';

const PRESENT = 'present';
const ABSENT = 'absent';

interface Row {
  readonly list: string;
  readonly token: string;
  readonly value: string;
}

export function writtenStatements({ db }: Engine): (observation: Observation) => Statement[] {
  const upsert = prepared(
    db
      .insertInto('last_written')
      .values({
        workspace: slot('workspace'),
        list: slot('list'),
        token: slot('token'),
        value: slot('value'),
        written_at: slot<number>('at'),
        confirmed_at: null,
      })
      .onConflict((conflict) =>
        conflict.columns(['workspace', 'list', 'token']).doUpdateSet({
          value: slot('value'),
          written_at: slot<number>('at'),
          confirmed_at: null,
        }),
      ),
  );
  return (observation) => {
    const { workspace, at, read } = observation;
    if (read?.how === 'refused') return [];
    // Rows of a read are not writes of the bridge.
    if (read !== undefined && read.how !== 'made') return [confirm(db, observation, read)];
    return rowsOf(observation).map((row) => ({ query: upsert({ workspace, at, ...row }) }));
  };
}

function rowsOf({ members, groups, groupMembers, removed }: Observation): readonly Row[] {
  const members_ = (members?.upsert ?? []).filter((member) => member.writtenAt !== null);
  const groups_ = (groups?.upsert ?? []).filter((group) => group.writtenAt !== null);
  const inGroup = (groupMembers?.upsert ?? []).filter((row) => row.writtenAt !== null);
  return [
    ...members_.map((member) => ({ list: 'members', token: memberKey(member), value: valueOf(member) })),
    ...groups_.map((group) => ({ list: 'groups', token: group.token, value: `"${group.name}"` })),
    ...(removed?.groups ?? []).map((token) => ({ list: 'groups', token, value: ABSENT })),
    ...inGroup.map((row) => ({ list: `group:${row.targetGroupId}`, token: row.accountId, value: PRESENT })),
    ...(removed?.groupMembers ?? []).map((row) => {
      return { list: `group:${row.targetGroupId}`, token: row.accountId, value: ABSENT };
    }),
  ];
}

function valueOf({ state, admin }: ObservedMember): string {
  return admin ? `${state}, admin` : state;
}

/** Writes from before the read that the read confirms. */
function confirm(db: Engine['db'], { workspace, at }: Observation, { list, since }: ReadList): Statement {
  const name = typeof list === 'string' ? list : `group:${list.targetGroupId}`;
  const query = db
    .updateTable('last_written')
    .set({ confirmed_at: at })
    .where('workspace', '=', workspace)
    .where('list', '=', name)
    .where('confirmed_at', 'is', null)
    .where('written_at', '<', since)
    .where(isShown(list));
  return { query: query.compile() };
}

function isShown(list: ReadList['list']): RawBuilder<boolean> {
  if (list === 'members') return membersShown;
  if (list === 'groups') return groupsShown;
  const row = sql`select 1 from observed_group_members as row
    where row.workspace = last_written.workspace and row.group_token = ${list.targetGroupId}
      and row.member_token = last_written.token`;
  return sql<boolean>`case when last_written.value = ${ABSENT} then not exists (${row}) and not ${stillListed}
    else exists (${row} and row.written_at is null) end`;
}

/** A lagging read still shows removed items. */
const stillListed = sql<boolean>`exists (
  select 1 from removed_on_mode as gone
  where gone.workspace = last_written.workspace and gone.list = last_written.list
    and gone.token = last_written.token and gone.still_listed = 1)`;

/** By the account, or by the address that was invited: each has an index. */
const byAccount = sql`select 1 from observed_members as row
  where row.workspace = last_written.workspace and row.member_key = last_written.token`;
const byAddress = sql`select 1 from observed_members as row
  where row.workspace = last_written.workspace and row.email_key = substr(last_written.token, 7)
    and last_written.token like 'email:%'`;
const here = sql`row.state != 'former'`;
const membersShown = sql<boolean>`case when last_written.value = 'former'
  then not exists (${byAccount} and ${here})
  else exists (${byAccount} and ${here} and row.written_at is null)
    or exists (${byAddress} and ${here} and row.written_at is null) end`;

const groupRow = sql`select 1 from observed_groups as row
  where row.workspace = last_written.workspace and row.token = last_written.token`;
const groupsShown = sql<boolean>`case when last_written.value = ${ABSENT}
  then not exists (${groupRow}) and not ${stillListed}
  else exists (${groupRow} and row.written_at is null) end`;
