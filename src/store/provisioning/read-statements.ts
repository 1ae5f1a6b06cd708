/** When and how lists were read, and what we took away that they may still show: as statements. */
import type { Observation, ReadList } from '../../provisioning/model/observation.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { flag } from '../tables/flag.ts';

/** Far longer than a read may be behind. */
const REMOVED_REMEMBERED_MS = 10 * 60_000;

/** What we took away is remembered for a while, since a read that is behind may still show it. */
export function removedStatements({ db }: Engine, { workspace, at, removed }: Observation): Statement[] {
  const rows = [
    ...(removed?.groups ?? []).map((token) => ({ list: 'groups', token })),
    ...(removed?.groupMembers ?? []).map(({ targetGroupId, accountId }) => {
      return { list: `group:${targetGroupId}`, token: accountId };
    }),
  ];
  return rows.map(({ list, token }) => {
    const values = { written_at: at, still_listed: flag(false) };
    const insert = db.insertInto('removed_on_mode').values({ workspace, list, token, ...values });
    return {
      query: insert
        .onConflict((conflict) => conflict.columns(['workspace', 'list', 'token']).doUpdateSet(values))
        .compile(),
    };
  });
}

/** The counts that go with the members, and when we last changed these. */
export function settledStatements(
  { db }: Engine,
  { workspace, at, groupMembers, removed, read, settled = [] }: Observation,
): Statement[] {
  const ours = read === undefined ? (groupMembers?.upsert ?? []).filter((row) => row.writtenAt !== null) : [];
  const written = new Set([...ours, ...(removed?.groupMembers ?? [])].map((row) => row.targetGroupId));
  const group = (token: string) =>
    db.updateTable('observed_groups').where('workspace', '=', workspace).where('token', '=', token);
  return [
    ...[...written].map((token) => ({ query: group(token).set({ members_written_at: at }).compile() })),
    ...settled.map(({ targetGroupId, memberCount }) => ({
      query: group(targetGroupId).set({ settled_count: memberCount }).compile(),
    })),
  ];
}

/** The list's time, what of our removals it still shows, and the time of every row that it showed. */
export function readStatements({ db }: Engine, { workspace, read }: Observation): Statement[] {
  if (read === undefined) return [];
  const { list, since, how, behind } = read;
  const name = typeof list === 'string' ? list : `group:${list.targetGroupId}`;
  const values = { read_at: since, how };
  const time = db
    .insertInto('read_times')
    .values({ workspace, list: name, ...values })
    .onConflict((conflict) => conflict.columns(['workspace', 'list']).doUpdateSet(values));
  // A list that may not be read shows nothing; that it was asked for is all there is to know.
  if (how === 'refused') return [{ query: time.compile() }];
  const removed = db
    .updateTable('removed_on_mode')
    .where('workspace', '=', workspace)
    .where('list', '=', name);
  const forget = db
    .deleteFrom('removed_on_mode')
    .where('workspace', '=', workspace)
    .where('list', '=', name)
    .where('written_at', '<', since - REMOVED_REMEMBERED_MS);
  return [
    { query: time.compile() },
    { query: forget.compile() },
    { query: removed.set({ still_listed: flag(false) }).compile() },
    ...chunks(behind).map((tokens) => ({
      query: removed
        .set({ still_listed: flag(true) })
        .where('token', 'in', tokens)
        .compile(),
    })),
    // Rows that stand against the read because they are ours are not what it showed.
    seenRows(db, workspace, read),
  ];
}

function seenRows(db: Engine['db'], workspace: string, { list, since, how }: ReadList): Statement {
  const seen = { read_at: since, read_how: how };
  if (list === 'members' || list === 'groups') {
    const table = list === 'members' ? 'observed_members' : 'observed_groups';
    const rows = db.updateTable(table).set(seen).where('workspace', '=', workspace);
    return { query: rows.where('written_at', 'is', null).compile() };
  }
  const rows = db.updateTable('observed_group_members').set(seen).where('workspace', '=', workspace);
  const ofGroup = rows.where('group_token', '=', list.targetGroupId);
  return { query: ofGroup.where('written_at', 'is', null).compile() };
}
