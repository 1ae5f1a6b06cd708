/**
 * A CSV file with one row per grant and the column names that ConductorOne's file connector expects. Accounts without
 * grants have a row without a grant, so that reviews include them. The grants of a group are listed for each member.
 * Only grants that Mode has are included: a grant that is only wanted gives no access.
 */
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { Account, Grant, ResourceType } from '../model.ts';
import { instant } from '../wire.ts';
import { csvCells } from './csv-cell.ts';
import { effectiveGrants } from './effective-grants.ts';
import { nameParts } from './name-parts.ts';

const COLUMNS = [
  'User ID',
  'Username',
  'Email Address',
  'First Name',
  'Last Name',
  'Full Name',
  'User Status',
  'User Type',
  'Last Login',
  'Resource Type',
  'Resource Name',
  'Entitlement',
  'Entitlement Display Name',
  'Entitlement Slug',
  'Entitlement Description',
] as const;

const END = '\r\n';

const RESOURCE_TYPES: Readonly<Record<ResourceType, string>> = {
  group: 'Group',
  role: 'Role',
  collection: 'Collection',
  data_source: 'Data Source',
};

async function* encode(snapshot: FeedSnapshot): AsyncGenerator<string> {
  const accounts = new Map<string, string>();
  const withoutGrants = new Set<string>();
  for await (const batch of snapshot.all('accounts')) {
    for (const account of batch) {
      accounts.set(account.id, csvCells(identityOf(account)));
      withoutGrants.add(account.id);
    }
  }
  const entitlements = await entitlementCells(snapshot);
  yield `${csvCells(COLUMNS)}${END}`;
  for await (const grants of effectiveGrants(snapshot)) {
    let text = '';
    for (const grant of grants.filter(({ observed }) => observed)) {
      const [identity, held] = [accounts.get(grant.principal.id), entitlements.get(grant.entitlementId)];
      if (identity === undefined || held === undefined) continue;
      withoutGrants.delete(grant.principal.id);
      text += `${identity},${held},${description(grant)}${END}`;
    }
    if (text !== '') yield text;
  }
  for (const id of withoutGrants) yield `${accounts.get(id) ?? ''},,,,,,${END}`;
}

function identityOf(account: Account): string[] {
  const { id, userName, email, name, state, lastActiveAt } = account;
  const { first, last } = nameParts(account);
  return [
    id,
    userName ?? account.modeUsername ?? email ?? id,
    email ?? '',
    first,
    last,
    name ?? '',
    state === 'active' ? 'Active' : 'Inactive',
    'Human',
    lastActiveAt === null ? '' : instant(lastActiveAt).replace(/\.\d+Z$/, 'Z'),
  ];
}

/**
 * ConductorOne identifies an entitlement by resource type, resource name and entitlement, so resources with the same name
 * get their id added to the name.
 */
async function entitlementCells(snapshot: FeedSnapshot): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const seen = new Map<string, number>();
  for (const kind of ['groups', 'roles', 'resources'] as const) {
    for await (const batch of snapshot.all(kind)) {
      for (const item of batch) {
        const type = 'type' in item ? item.type : kind === 'groups' ? 'group' : 'role';
        names.set(`${type}:${item.id}`, item.name);
        const key = `${type}:${item.name.trim().toLowerCase()}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
  }
  const cells = new Map<string, string>();
  for await (const batch of snapshot.all('entitlements')) {
    for (const { id, resourceType, resourceId, slug, name } of batch) {
      const plain = names.get(`${resourceType}:${resourceId}`) ?? resourceId;
      const alone = (seen.get(`${resourceType}:${plain.trim().toLowerCase()}`) ?? 0) < 2;
      const resourceName = alone ? plain : `${plain} (${resourceId})`;
      cells.set(id, csvCells([RESOURCE_TYPES[resourceType], resourceName, slug, name, slug]));
    }
  }
  return cells;
}

function description({ source }: Grant): string {
  if (source === 'outside_idp') return 'Given outside the identity provider';
  return source === 'direct' ? '' : 'Held as a member of a group';
}

export const csv: FeedFormat = { name: 'csv', ending: 'csv', mediaType: 'text/csv; charset=utf-8', encode };
