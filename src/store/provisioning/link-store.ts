/** Links to accounts and groups of the target, and dropped links. */
import { sql } from 'kysely';
import type { Subject } from '../../directory/subject.ts';
import type { Link, LinkStore } from '../../provisioning/ports/link-store.ts';
import { changeStatements } from '../log/change-statements.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { linkChange } from './observation-statements.ts';
import { enqueueJobs } from '../log/job-statements.ts';
import { toOrigin } from '../matching/matching-reads.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { fold, nameKey } from '../tables/keys.ts';

export function linkStore(engine: Engine): LinkStore {
  return {
    links: links(engine),
    findSubjects: findSubjects(engine),
    linkTo: linkTo(engine),
    linkOf: linkOf(engine),
    refusedLinks: refusedLinks(engine),
    setLink: setLink(engine),
    dropLink: dropLink(engine),
  };
}

function linked({ db }: Engine, workspace: string, kind: Subject['kind']) {
  const table = kind === 'user' ? 'users' : 'groups';
  const name = kind === 'user' ? 'users.user_name' : 'groups.display_name';
  return db
    .selectFrom(table)
    .innerJoin('links', (join) => join.on(ofSubject('links', table)))
    .select(['links.subject_id', 'links.token', 'links.origin', sql<string>`${sql.ref(name)}`.as('name')])
    .where(`${table}.workspace`, '=', workspace)
    .where(`${table}.owner_id`, 'is not', null);
}

const toLink =
  (kind: Subject['kind']) =>
  (row: { subject_id: string; token: string; origin: string; name: string }): Link => ({
    subject: { kind, id: row.subject_id },
    name: row.name,
    token: row.token,
    origin: toOrigin(row.origin),
  });

/** The groups of a user with another account must be reconciled, too. */
async function enqueue(
  engine: Engine,
  workspace: string,
  subject: Subject,
  at: number,
): Promise<Statement[]> {
  const groups =
    subject.kind === 'group'
      ? []
      : await engine.db
          .selectFrom('group_members')
          .select('group_id')
          .where('user_id', '=', subject.id)
          .execute();
  const ids = groups.map((row): Subject => ({ kind: 'group', id: row.group_id }));
  return enqueueJobs(engine)(
    workspace,
    [subject, ...ids].map((one) => ({ subject: one, verifying: false })),
    at,
  );
}

function forget({ db }: Engine, workspace: string, { kind, id }: Subject) {
  return db
    .deleteFrom('links')
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('subject_id', '=', id);
}

function links(engine: Engine): LinkStore['links'] {
  return async (workspace, limit) => {
    const users = await linked(engine, workspace, 'user').orderBy('name').limit(limit).execute();
    const left = limit - users.length;
    const groups = await linked(engine, workspace, 'group').orderBy('name').limit(left).execute();
    return [...users.map(toLink('user')), ...groups.map(toLink('group'))];
  };
}

function findSubjects(engine: Engine): LinkStore['findSubjects'] {
  const { db } = engine;
  return async (workspace, kind, text) => {
    if (kind === 'group') {
      const rows = await db
        .selectFrom('groups')
        .select(['id', 'display_name'])
        .where('workspace', '=', workspace)
        .where('owner_id', 'is not', null)
        .where('deleted_at', 'is', null)
        .where((of) => of.or([of('id', '=', text), of('display_name', '=', text)]))
        .execute();
      return rows.map((row) => ({ subject: { kind, id: row.id }, name: row.display_name }));
    }
    const rows = await db
      .selectFrom('users')
      .select(['id', 'user_name'])
      .where('workspace', '=', workspace)
      .where('owner_id', 'is not', null)
      .where('deleted_at', 'is', null)
      .where((of) =>
        of.or([
          of('id', '=', text),
          of('user_name_key', '=', nameKey(text)),
          of('account_key', '=', fold(text)),
        ]),
      )
      .execute();
    return rows.map((row) => ({ subject: { kind, id: row.id }, name: row.user_name }));
  };
}

function linkTo(engine: Engine): LinkStore['linkTo'] {
  return async (workspace, kind, token) => {
    const row = await linked(engine, workspace, kind).where('links.token', '=', token).executeTakeFirst();
    return row === undefined ? undefined : toLink(kind)(row);
  };
}

function linkOf(engine: Engine): LinkStore['linkOf'] {
  return async (workspace, { kind, id }) => {
    const row = await linked(engine, workspace, kind).where('links.subject_id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toLink(kind)(row);
  };
}

function refusedLinks(engine: Engine): LinkStore['refusedLinks'] {
  const { db } = engine;
  return async (workspace, { kind, id }) => {
    const rows = await db
      .selectFrom('refused_links')
      .select('token')
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      .where('subject_id', '=', id)
      .execute();
    return new Set(rows.map((row) => row.token));
  };
}

function setLink(engine: Engine): LinkStore['setLink'] {
  const { db } = engine;
  return async (workspace, subject, token, at) => {
    const { kind, id } = subject;
    const ofToken = db
      .deleteFrom('links')
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      .where('token', '=', token);
    const allow = db
      .deleteFrom('refused_links')
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      .where('subject_id', '=', id)
      .where('token', '=', token);
    const row = { workspace, kind, subject_id: id, token, origin: 'operator' };
    await engine.write([
      { query: forget(engine, workspace, subject).compile() },
      { query: ofToken.compile() },
      { query: allow.compile() },
      { query: db.insertInto('links').values(row).compile() },
      ...(await enqueue(engine, workspace, subject, at)),
      ...changeStatements(engine)(workspace, at, [linkChange(subject, token)]),
    ]);
  };
}

function dropLink(engine: Engine): LinkStore['dropLink'] {
  const { db } = engine;
  return async (workspace, subject, token, at) => {
    const { kind, id } = subject;
    const refuse = db
      .insertInto('refused_links')
      .values({ workspace, kind, subject_id: id, token, at })
      .onConflict((conflict) => conflict.doNothing());
    await engine.write([
      { query: forget(engine, workspace, subject).compile() },
      { query: refuse.compile() },
      ...(await enqueue(engine, workspace, subject, at)),
      ...changeStatements(engine)(workspace, at, [linkChange(subject, null)]),
    ]);
  };
}
