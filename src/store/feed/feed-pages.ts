/** Pages of a copy, and its rows in the feed's model. */
import { sql, type CompiledQuery } from 'kysely';
import {
  entitlementId,
  grantId,
  type Account,
  type Delivery,
  type Entitlement,
  type FeedKind,
  type FeedKinds,
  type Grant,
  type Group,
  type Principal,
  type Resource,
} from '../../feed/model.ts';
import type { Engine } from '../engine/engine.ts';
import { columnsOf, type FeedCopy } from './feed-copy-sql.ts';
import type { Row, Values } from './feed-copy.ts';
import { sentences } from '../../provisioning/reason/reason.ts';
import { toReasons } from '../tables/reasons.ts';

type CopiedKind = Exclude<FeedKind, 'roles'>;

/** Rows after this number, in order; `ord` is the number of a row. */
export function pageQuery(
  { db }: Engine,
  copy: FeedCopy,
  kind: CopiedKind,
  after: number,
  limit: number,
): CompiledQuery {
  if (kind !== 'grants') {
    return sql`select * from ${copy(kind)} where ord > ${after} order by ord limit ${limit}`.compile(db);
  }
  return sql`select held.ord, entitlement.id as entitlement_id, held.principal_type,
      coalesce(account.id, holder.id) as principal_id, held.wanted, held.observed
    from (select * from ${copy('grants')} where ord > ${after} order by ord limit ${limit}) as held
    join ${copy('entitlements')} as entitlement on entitlement.ord = held.entitlement
    left join ${copy('accounts')} as account on held.principal_type = 0 and account.ord = held.principal
    left join ${copy('groups')} as holder on held.principal_type = 1 and holder.ord = held.principal
    order by held.ord`.compile(db);
}

/** The items of a page's rows; the number of each is its first value. */
export function toItems<K extends FeedKind>(kind: K, rows: readonly Values[]): readonly FeedKinds[K][] {
  // The rows of each kind have the columns that its function reads.
  const items: readonly unknown[] = kind === 'grants' ? rows.map(grantOfValues) : objectsOf(kind, rows);
  return items as readonly FeedKinds[K][];
}

function grantOfValues([, entitlement, type, principal, wanted, observed]: Values): Grant {
  return toGrant({
    entitlement_id: entitlement as string,
    principal_type: type as number,
    principal_id: principal as string,
    wanted: wanted as number | null,
    observed: observed as number,
  });
}

const ITEMS = {
  accounts: toAccount,
  groups: toGroup,
  resources: toResource,
  entitlements: toEntitlement,
};

function objectsOf(kind: FeedKind, rows: readonly Values[]): readonly unknown[] {
  if (kind === 'roles' || kind === 'grants') return [];
  const columns = columnsOf(kind);
  const toItem = ITEMS[kind] as unknown as (row: Row) => unknown;
  return rows.map((values) =>
    toItem(Object.fromEntries(columns.map((name, place) => [name, values[place]]))),
  );
}

interface DeliveryRow {
  readonly delivery_state: string | null;
  readonly delivery_reason: string | null;
}

export interface AccountRow extends DeliveryRow {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly user_name: string | null;
  readonly external_id: string | null;
  readonly mode_username: string | null;
  readonly member_token: string | null;
  readonly state: string;
  readonly admin: number;
  readonly owned: number;
  readonly managed_by_scim: number;
  readonly wanted_active: number | null;
  readonly wanted_admin: number | null;
  readonly activated_at: number | null;
  readonly last_active_at: number | null;
}

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    givenName: row.given_name,
    familyName: row.family_name,
    userName: row.user_name,
    externalId: row.external_id,
    modeUsername: row.mode_username,
    memberToken: row.member_token,
    state: row.state as Account['state'],
    admin: row.admin === 1,
    owned: row.owned === 1,
    managedByScim: row.managed_by_scim === 1,
    wanted:
      row.wanted_active === null
        ? null
        : {
            active: row.wanted_active === 1,
            admin: row.wanted_admin === null ? null : row.wanted_admin === 1,
          },
    delivery: toDelivery(row),
    activatedAt: row.activated_at,
    lastActiveAt: row.last_active_at,
  };
}

export interface GroupRow extends DeliveryRow {
  readonly id: string;
  readonly name: string;
  readonly owned: number;
  readonly external_id: string | null;
  readonly mode_token: string | null;
  readonly member_count: number;
}

export function toGroup(row: GroupRow): Group {
  return {
    id: row.id,
    name: row.name,
    owned: row.owned === 1,
    externalId: row.external_id,
    modeToken: row.mode_token,
    memberCount: row.member_count,
    delivery: toDelivery(row),
  };
}

function toDelivery({ delivery_state: state, delivery_reason: reason }: DeliveryRow): Delivery | null {
  return state === null ? null : { state, reason: sentences(toReasons(reason)) };
}

export interface ResourceRow {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly default_access: string | null;
}

export function toResource({ type, id, name, default_access: defaultAccess }: ResourceRow): Resource {
  return { type: type as Resource['type'], id, name, defaultAccess };
}

interface EntitlementRow {
  readonly resource_type: string;
  readonly resource_id: string;
  readonly slug: string;
  readonly name: string;
}

function toEntitlement(row: EntitlementRow): Entitlement {
  const resourceType = row.resource_type as Entitlement['resourceType'];
  return {
    id: entitlementId(resourceType, row.resource_id, row.slug),
    resourceType,
    resourceId: row.resource_id,
    slug: row.slug,
    name: row.name,
    purpose: resourceType === 'group' || resourceType === 'role' ? 'assignment' : 'permission',
  };
}

export interface GrantRow {
  readonly entitlement_id: string;
  readonly principal_type: number;
  readonly principal_id: string;
  readonly wanted: number | null;
  readonly observed: number;
}

export function toGrant(row: GrantRow): Grant {
  const principal: Principal = {
    type: row.principal_type === 0 ? 'account' : 'group',
    id: row.principal_id,
  };
  const wanted = row.wanted === null ? null : row.wanted === 1;
  return {
    id: grantId(row.entitlement_id, principal),
    entitlementId: row.entitlement_id,
    principal,
    wanted,
    observed: row.observed === 1,
    source: wanted === false ? 'outside_idp' : 'direct',
  };
}
