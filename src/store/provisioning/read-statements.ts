/** Statements about reads of lists: their time, and removals of the bridge that they may still show. */
import type { Observation, ReadList } from '../../provisioning/model/observation.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { flag } from '../tables/flag.ts';

/** Much longer than a read may lag. */
const REMOVED_REMEMBERED_MS = 10 * 60_000;

/** Stores removals of the bridge for a while, because a lagging read may still show them. */
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

/** The counts at the last read of the members, and when the bridge last changed the members. */
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

/** The time of the list, the removals that it still shows, and the time of every row that it showed. */
export function readStatements({ db }: Engine, { workspace, read }: Observation): Statement[] {
  if (read === undefined) return [];
  const { list, since, how, behind } = read;
  const name = typeof list === 'string' ? list : `group:${list.targetGroupId}`;
  const values = { read_at: since, how };
  const time = db
    .insertInto('read_times')
    .values({ workspace, list: name, ...values })
    .onConflict((conflict) => conflict.columns(['workspace', 'list']).doUpdateSet(values));
  // A refused list shows nothing, so only the time of the read is stored.
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
    // Rows of the bridge's own writes that take precedence were not shown by the read.
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
