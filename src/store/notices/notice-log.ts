/** Notices on a database. */
import { sql, type Selectable } from 'kysely';
import type { Notice } from '../../notices/notice.ts';
import type { Announcement, NoticeStore, Topic, TroubledSubject } from '../../notices/notice-store.ts';
import type { Reason } from '../../provisioning/reason/reason.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import type { NoticesTable } from '../tables/notice-tables.ts';

const KEPT_MS = 90 * 24 * 60 * 60_000;
/** The maximum time until a retry. A due time further in the future comes from a wrong clock. */
const LATEST_MS = 60 * 60_000;

export function noticeLog(engine: Engine): NoticeStore {
  return {
    topics: topics(engine),
    announce: announce(engine),
    due: due(engine),
    settle: settle(engine),
    list: list(engine),
    outage: outage(engine),
    inTrouble: inTrouble(engine),
  };
}

/** The open topics, with their items. */
function topics({ db }: Engine): NoticeStore['topics'] {
  return async (workspace) => {
    const query = db.selectFrom('notice_topics').select(['topic', 'kind', 'items']);
    const rows = await query.where('workspace', '=', workspace).execute();
    return rows.map(({ items, ...row }) => ({ ...row, items: JSON.parse(items) as string[] }));
  };
}

/** A conflict when the topic has changed. */
function topicChange(
  { db }: Engine,
  workspace: string,
  before: Announcement['before'],
  { topic, kind, items: ids }: Topic,
): readonly Statement[] {
  const items = JSON.stringify(ids);
  if (before === undefined) {
    const row = { workspace, topic, kind, items };
    return ids.length === 0 ? [] : [{ query: db.insertInto('notice_topics').values(row).compile() }];
  }
  const known = JSON.stringify(before);
  const query =
    ids.length === 0
      ? db
          .deleteFrom('notice_topics')
          .where('workspace', '=', workspace)
          .where('topic', '=', topic)
          .where('items', '=', known)
      : db
          .updateTable('notice_topics')
          .set({ items })
          .where('workspace', '=', workspace)
          .where('topic', '=', topic)
          .where('items', '=', known);
  return [{ query: query.compile(), expect: 1 }];
}

/** Stores the items of a topic, and adds the notice if there is one; undefined when another bridge did. */
function announce(engine: Engine): NoticeStore['announce'] {
  const { db, random, write } = engine;
  return async (workspace, { before, topic, notice }, { at, isSent }) => {
    const old = db.deleteFrom('notices').where('workspace', '=', workspace);
    const forget = old.where('created_at', '<', at - KEPT_MS);
    const row: NoticesTable | undefined = notice && {
      id: random.id(),
      workspace,
      kind: notice.kind,
      text: notice.text,
      data: JSON.stringify(notice.data),
      created_at: at,
      state: isSent ? 'waiting' : 'logged',
      attempts: 0,
      answer: null,
      due_at: isSent ? at : null,
    };
    const statements = [
      ...topicChange(engine, workspace, before, topic),
      { query: forget.compile() },
      ...(row === undefined ? [] : [{ query: db.insertInto('notices').values(row).compile() }]),
    ];
    if ((await write(statements)) !== 'committed' || row === undefined) return undefined;
    return toNotice(row);
  };
}

/** Notices to send now, the oldest first. A clock that was set back delays none. */
function due({ db }: Engine): NoticeStore['due'] {
  return async (workspace, now, limit) => {
    const query = db
      .selectFrom('notices')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('due_at', 'is not', null)
      .where((of) => of.or([of('due_at', '<=', now), of('due_at', '>', now + LATEST_MS)]));
    return (await query.orderBy('due_at').orderBy('id').limit(limit).execute()).map(toNotice);
  };
}

/** Records a try to send a notice. */
function settle({ db, write }: Engine): NoticeStore['settle'] {
  return async (id, { state, answer, retryAt }) => {
    const update = db
      .updateTable('notices')
      .set((of) => ({ state, answer, due_at: retryAt, attempts: of('attempts', '+', 1) }))
      .where('id', '=', id);
    await write([{ query: update.compile() }]);
  };
}

/** Notices, newest first. */
function list({ db }: Engine): NoticeStore['list'] {
  return async (workspace, limit) => {
    const query = db.selectFrom('notices').selectAll().where('workspace', '=', workspace);
    const newest = query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
    return (await newest.execute()).map(toNotice);
  };
}

/** The current outage of the target; null while it works. */
function outage({ db }: Engine): NoticeStore['outage'] {
  return async (workspace) => {
    const query = db.selectFrom('outages').select(['since', 'reason']).where('workspace', '=', workspace);
    const row = await query.executeTakeFirst();
    return row === undefined ? null : { since: row.since, reason: JSON.parse(row.reason) as Reason };
  };
}

/** Subjects blocked or parked since before an instant, without holds and tasks, which have their own notices. */
function inTrouble({ db }: Engine): NoticeStore['inTrouble'] {
  return async (workspace, before, limit) => {
    const { rows } = await sql<TroubledSubject>`
        select deliveries.kind, deliveries.subject_id as id,
          coalesce(users.user_name, groups.display_name, deliveries.subject_id) as name
        from deliveries
        left join jobs on jobs.workspace = deliveries.workspace and jobs.kind = deliveries.kind
          and jobs.subject_id = deliveries.subject_id
        left join users on deliveries.kind = 'user' and users.id = deliveries.subject_id
        left join groups on deliveries.kind = 'group' and groups.id = deliveries.subject_id
        where deliveries.workspace = ${workspace} and deliveries.updated_at < ${before}
          and (deliveries.state = 'blocked' or (deliveries.state <> 'held' and jobs.parked = 1))
          and not exists (select 1 from tasks where tasks.workspace = deliveries.workspace
            and tasks.kind = deliveries.kind and tasks.subject_id = deliveries.subject_id and tasks.closed_at is null)
        order by deliveries.updated_at, deliveries.subject_id
        limit ${limit}`.execute(db);
    return rows;
  };
}

function toNotice(row: Selectable<NoticesTable>): Notice {
  const { id, workspace, text, attempts, answer } = row;
  return {
    id,
    workspace,
    kind: row.kind as Notice['kind'],
    text,
    data: JSON.parse(row.data) as Notice['data'],
    createdAt: row.created_at,
    state: row.state as Notice['state'],
    attempts,
    answer,
  };
}
