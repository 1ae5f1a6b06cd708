/**
 * The current state of changed items. The cost depends on the number of these items, not on the size of the workspace.
 */
import { sql } from 'kysely';
import type { ChangedGroup, FeedStore, Membership, Touched } from '../../feed/feed-store.ts';
import { grantId, type Group, type Principal } from '../../feed/model.ts';
import type { Engine } from '../engine/engine.ts';
import { ask, within } from './ask.ts';
import {
  toAccount,
  toGrant,
  toGroup,
  toResource,
  type AccountRow,
  type GroupRow,
  type ResourceRow,
} from './feed-pages.ts';
import { accountsSql, groupsSql, matchedSql } from './feed-state-sql.ts';
import { grantsHeldBy, touchedPermissions } from './touched-grants.ts';
import { touchedMemberships } from './touched-memberships.ts';

export function feedTouched(engine: Engine): FeedStore['touched'] {
  return async (workspace, touched) => {
    const pairs = await touchedMemberships(engine, workspace, touched);
    const asked = new Set([...touched.accounts, ...touched.holders.map((holder) => holder.userId)]);
    const accountIds = new Set(await withNamesakes(engine, workspace, [...asked]));
    const named = await touchedPermissions(engine, workspace, touched);
    const holdersOf = (type: Principal['type']) =>
      named.flatMap(({ principal }) => (principal.type === type ? [principal.id] : []));
    const users = await withNamesakes(engine, workspace, [
      ...accountIds,
      ...pairs.map((pair) => pair.userId),
      ...holdersOf('account'),
    ]);
    const accounts = await ask<AccountRow>(
      engine,
      sql`with matched as (${matchedSql(engine, workspace, users)})
      ${accountsSql(engine, workspace, sql`matched`, users)}`,
    );
    const groups = await ask<GroupRow>(engine, groupsSql(engine, workspace, [...touched.groups]));
    const held = await grantsHeldBy(
      engine,
      workspace,
      users,
      new Set([...touched.groups, ...holdersOf('group')]),
    );
    const holders = new Set(touched.holders.map((holder) => holder.userId));
    const wanted = new Set(pairs.map(({ groupId, userId }) => `${groupId} ${userId}`));
    const permitted = new Set(named.map((one) => grantId(one.entitlementId, one.principal)));
    const grants = held
      .filter((row) => row.wanted === 1 || row.observed === 1)
      .filter(
        (row) =>
          (row.principal_type === 1 ? touched.groups : holders).has(row.principal_id) ||
          (row.group_id !== null && wanted.has(`${row.group_id} ${row.principal_id}`)) ||
          permitted.has(toGrant(row).id),
      );
    return {
      accounts: accounts.filter((row) => accountIds.has(row.id)).map(toAccount),
      groups: groups.map((row) => withoutCount(toGroup(row))),
      resources: (await resourcesOf(engine, workspace, touched)).map(toResource),
      grants: grants.map(toGrant),
      memberships: unique(pairs),
      permissions: named,
    };
  };
}

/** These users, and other users with the same addresses, because matching depends on all of them. */
async function withNamesakes(engine: Engine, workspace: string, ids: readonly string[]): Promise<string[]> {
  const rows = await ask<{ id: string }>(
    engine,
    sql`select users.id from users where users.workspace = ${workspace}
    and users.account_key in (select chosen.account_key from users as chosen where ${within(engine, sql`chosen.id`, ids)})`,
  );
  return [...new Set([...ids, ...rows.map((row) => row.id)])];
}

/** Touched resources that still exist. */
async function resourcesOf(
  engine: Engine,
  workspace: string,
  { resources }: Touched,
): Promise<readonly ResourceRow[]> {
  if (resources.length === 0) return [];
  const of = (type: 'collection' | 'data_source') => {
    const ids = resources.flatMap((one) => (one.type === type ? [one.id] : []));
    return sql`select kind as type, token as id, name, default_access from observed_resources
      where workspace = ${workspace} and kind = ${type} and ${within(engine, sql`token`, ids)}`;
  };
  return ask(engine, sql`${of('collection')} union all ${of('data_source')}`);
}

function withoutCount({ id, name, owned, externalId, modeToken, delivery }: Group): ChangedGroup {
  return { id, name, owned, externalId, modeToken, delivery };
}

function unique(memberships: readonly Membership[]): Membership[] {
  return [...new Map(memberships.map((one) => [`${one.groupId} ${one.userId}`, one])).values()];
}
