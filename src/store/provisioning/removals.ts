/** The data of the breaker: removals within the window, the totals, and people's decisions. */
import { sql, type RawBuilder } from 'kysely';
import type { KnownRemovals, Tally } from '../../provisioning/gate/breaker.ts';
import type { OwnedSubject, RemovalStore } from '../../provisioning/ports/removal-store.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { removalStatements } from './removal-statements.ts';
import { createShares } from './removal-shares.ts';
import { stillHolding } from './workspace-leases.ts';

/** The maximum window, in time worked. Older removals count nowhere. */
const KEPT_MS = 7 * 24 * 60 * 60_000;
/** Tries after a lost race with another write of the same rows. */
const MAX_ATTEMPTS = 5;

type Limits = Parameters<RemovalStore['knownRemovals']>[2];
type Counted = Pick<RemovalStore, 'knownRemovals' | 'countRemovals' | 'memberCount'>;

export function removals(engine: Engine): Counted {
  return {
    knownRemovals: knownRemovals(engine),
    countRemovals: countRemovals(engine),
    memberCount: memberCount(engine),
  };
}

/** Time worked for the workspace, in milliseconds. */
function worked({ db }: Engine, workspace: string) {
  return db.selectFrom('workspace_leases').select('worked_ms').where('workspace', '=', workspace);
}

/** Removals of a connection within the window; the share of all that it owns only when the count alone is too high. */
async function tallyOf(
  engine: Engine,
  shares: ReturnType<typeof createShares>,
  of: OwnedSubject,
  scope: string,
  planned: number,
  limits: Limits,
): Promise<Tally> {
  const { db } = engine;
  const { workspace, connectionId } = of;
  const rows = await db
    .selectFrom('removals')
    .select(['approved', (all) => all.fn.countAll<number>().as('n')])
    .where('workspace', '=', workspace)
    .where('connection_id', '=', connectionId)
    .where('scope', '=', scope)
    .where('worked_ms', '>', since(engine, workspace, limits.windowMs))
    .groupBy('approved')
    .execute();
  const count = (approved: number) => rows.find((row) => row.approved === approved)?.n ?? 0;
  const removed = count(0);
  if (removed + planned <= limits.count) return { removed, share: null };
  const workedMs = (await worked(engine, workspace).executeTakeFirst())?.worked_ms ?? 0;
  const share = await shares.of(`${connectionId} ${scope}`, workedMs, async () => {
    return removed + count(1) + (await owned(engine, of, scope));
  });
  return { removed, share };
}

/** When the window began, in time worked. */
function since(engine: Engine, workspace: string, windowMs: number): RawBuilder<number> {
  return sql<number>`coalesce((${worked(engine, workspace)}), 0) - ${windowMs}`;
}

/** The number of items in the scope that the connection owns on the target now. */
async function owned(
  { db }: Engine,
  { workspace, connectionId }: OwnedSubject,
  scope: string,
): Promise<number> {
  const { rows } = await ownedSql(workspace, connectionId, scope).execute(db);
  return rows[0]?.n ?? 0;
}

/** `first`: people whose removal from the workspace is in progress, waits for a decision, or was rejected. */
async function leaving(
  { db }: Engine,
  workspace: string,
  groups: readonly string[],
): Promise<KnownRemovals['leaving']> {
  const accounts = new Map<string, 'first' | 'gone'>();
  for (const group of groups) {
    const { rows } = await sql<{ token: string; first: number }>`
        select member.member_token as token, case when
          exists (select 1 from jobs where jobs.workspace = users.workspace and jobs.kind = 'user'
            and jobs.subject_id = users.id and jobs.parked = 0 and jobs.verifying = 0)
          or exists (select 1 from holds where holds.workspace = users.workspace and holds.kind = 'user'
            and holds.subject_id = users.id and holds.operation = 'remove_member') then 1 else 0 end as first
        from observed_group_members as member
        join links on links.workspace = member.workspace and links.kind = 'user' and links.token = member.member_token
        join users on users.id = links.subject_id and users.owner_id is not null
          and (users.active = 0 or users.deleted_at is not null)
        where member.workspace = ${workspace} and member.group_token = ${group}`.execute(db);
    for (const { token, first } of rows) accounts.set(token, first === 1 ? 'first' : 'gone');
  }
  return accounts;
}

/** The breaker's data for the removals of a subject. */
function knownRemovals(engine: Engine): Counted['knownRemovals'] {
  const { db } = engine;
  // Lives as long as the store.
  const shares = createShares();
  return async (of, planned, limits): Promise<KnownRemovals> => {
    const { workspace, subject } = of;
    const tallies = new Map<string, Tally>();
    for (const [scope, { length }] of Map.groupBy(planned, (removal) => removal.scope))
      tallies.set(scope, await tallyOf(engine, shares, of, scope, length, limits));
    const counted = await db
      .selectFrom('removals')
      .select('operation_key')
      .where('workspace', '=', workspace)
      .where('kind', '=', subject.kind)
      .where('subject_id', '=', subject.id)
      .where('done', '=', 0)
      .execute();
    const decided = await db
      .selectFrom('holds')
      .select(['operation_key', 'decision'])
      .where('workspace', '=', workspace)
      .where('kind', '=', subject.kind)
      .where('subject_id', '=', subject.id)
      .where('decision', 'is not', null)
      .execute();
    const groups = [...tallies.keys()].flatMap((scope) => groupOf(scope) ?? []);
    return {
      tallies,
      counted: new Set(counted.map((row) => row.operation_key)),
      decided: new Map(
        decided.map((row) => [row.operation_key, row.decision === 'approved' ? 'approved' : 'rejected']),
      ),
      leaving: await leaving(engine, workspace, groups),
    };
  };
}

/** Stores removals before they are sent; false when another bridge works for the workspace now. */
function countRemovals(engine: Engine): Counted['countRemovals'] {
  const { db, write } = engine;
  return async ({ workspace, connectionId, subject }, passed, fence) => {
    const statements = (): Statement[] => [
      stillHolding(engine, workspace, fence),
      ...removalStatements(
        engine,
        { workspace, connectionId },
        passed.map((removal) => ({ ...removal, subject })),
      ),
      ...chunks(passed.map(({ key }) => key)).map((keys) => ({
        query: db
          .deleteFrom('holds')
          .where('workspace', '=', workspace)
          .where('kind', '=', subject.kind)
          .where('subject_id', '=', subject.id)
          .where('operation_key', 'in', keys)
          .compile(),
      })),
      ...[...new Set(passed.map(({ scope }) => scope))].map((scope) => ({
        query: db
          .deleteFrom('removals')
          .where('workspace', '=', workspace)
          .where('connection_id', '=', connectionId)
          .where('scope', '=', scope)
          .where('worked_ms', '<', since(engine, workspace, KEPT_MS))
          .compile(),
      })),
    ];
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1)
      if ((await write(statements())) === 'committed') return true;
    return false;
  };
}

/** Members of the target that have not left, pending invites included. */
function memberCount({ db }: Engine): Counted['memberCount'] {
  return async (workspace) => {
    const { n } = await db
      .selectFrom('observed_members')
      .select((of) => of.fn.countAll<number>().as('n'))
      .where('workspace', '=', workspace)
      .where('state', '!=', 'former')
      .executeTakeFirstOrThrow();
    return n;
  };
}

function groupOf(scope: string): string | null {
  return scope.startsWith('group:') ? scope.slice('group:'.length) : null;
}

/** The number of people, admins, groups or members of a group that the connection owns on the target now. */
function ownedSql(workspace: string, connectionId: string, scope: string) {
  const group = groupOf(scope);
  if (group !== null)
    return sql<{ n: number }>`select count(distinct member_token) as n from observed_group_members
      where workspace = ${workspace} and group_token = ${group}`;
  if (scope === 'groups')
    return sql<{ n: number }>`select count(*) as n from groups
      join links on links.workspace = groups.workspace and links.kind = 'group' and links.subject_id = groups.id
      join observed_groups as seen on seen.workspace = links.workspace and seen.token = links.token
      where groups.workspace = ${workspace} and groups.owner_id = ${connectionId}`;
  const role = scope === 'admins' ? sql`and seen.admin = 1 and seen.state = 'active'` : sql``;
  // By the link, else by the address, because an invited person may not be linked yet.
  return sql<{ n: number }>`select count(*) as n from users
    left join links on links.workspace = users.workspace and links.kind = 'user' and links.subject_id = users.id
    where users.workspace = ${workspace} and users.owner_id = ${connectionId} and exists (
      select 1 from observed_members as seen where seen.workspace = users.workspace and seen.state <> 'former' ${role}
        and (seen.member_key = links.token or (links.token is null and seen.email_key = users.account_key)))`;
}
