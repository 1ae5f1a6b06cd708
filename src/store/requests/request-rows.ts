/** Requests as rows. Lists become text with blanks between its words, none of which has a blank in it. */
import type { Selectable } from 'kysely';
import type { IdpProfile } from '../../directory/access/idp-profile.ts';
import type {
  AttributeName,
  FilterClause,
  FilterOperator,
  LoggedRequest,
  RequestMethod,
  RequestRoute,
  ResourceId,
  ScimType,
} from '../../directory/requests/logged-request.ts';
import type { RequestKindsTable, RequestsTable } from '../tables/request-tables.ts';

const UNKNOWN = '?';
const CLOSED = 0;
const BUCKETS = 64;

export type KindRow = Omit<Selectable<RequestKindsTable>, 'id'>;
type Row = Selectable<RequestsTable>;

export function kindOf({ workspace, connectionId, profile, method, status }: LoggedRequest): KindRow {
  return {
    workspace: workspace ?? '',
    connection_id: connectionId ?? '',
    profile: profile ?? '',
    method,
    status: status ?? CLOSED,
  };
}

export const COLUMNS = [
  'id',
  'at',
  'kind',
  'route',
  'resource_id',
  'bucket',
  'attributes',
  'unknown_attributes',
  'operations',
  'filter',
  'scim_type',
  'duration_ms',
] as const satisfies readonly (keyof RequestsTable)[];

/** Where the requests about a resource are looked for. @param id has hexadecimal digits at its end, as all ids of the bridge */
export function bucketOf(id: string): number {
  return Number.parseInt(id.slice(-2), 16) % BUCKETS;
}

/** The values of a row, in the order of COLUMNS: an object for each row would cost more than to write it. */
export function toValues(request: LoggedRequest, kind: number): readonly (string | number | null)[] {
  const { id, at, route, attributes, unknownAttributes, operations, filter, scimType, durationMs } = request;
  const kinds = Object.entries(operations).map(([name, count]) => `${name} ${count}`);
  const clauses = filter.map(({ attribute, operator }) => `${attribute ?? UNKNOWN} ${operator}`);
  return [
    id,
    at,
    kind,
    route,
    request.resourceId,
    request.resourceId === null ? null : bucketOf(request.resourceId),
    attributes.length === 0 ? '' : attributes.join(' '),
    unknownAttributes,
    kinds.length === 0 ? '' : kinds.join(' '),
    clauses.length === 0 ? '' : clauses.join(' '),
    scimType,
    durationMs,
  ];
}

/** Only this program writes the rows: every text is one that it wrote. */
export function toRequest(row: Row, kind: KindRow, bulkIds: readonly string[]): LoggedRequest {
  const route = row.route as RequestRoute;
  return {
    id: row.id,
    at: row.at,
    method: kind.method as RequestMethod,
    route,
    resourceType: route.startsWith('/Users') ? 'User' : route.startsWith('/Groups') ? 'Group' : null,
    resourceId: row.resource_id as ResourceId | null,
    bulkIds: bulkIds as readonly ResourceId[],
    attributes: words(row.attributes) as AttributeName[],
    unknownAttributes: row.unknown_attributes,
    operations: Object.fromEntries<number>(
      pairs(row.operations).map(([name, count]) => [name, Number(count)]),
    ),
    filter: pairs(row.filter).map(([name, operator]): FilterClause => ({
      attribute: name === UNKNOWN ? null : (name as AttributeName),
      operator: operator as FilterOperator,
    })),
    status: kind.status === CLOSED ? null : kind.status,
    scimType: row.scim_type as ScimType | null,
    durationMs: row.duration_ms,
    workspace: kind.workspace === '' ? null : kind.workspace,
    connectionId: kind.connection_id === '' ? null : kind.connection_id,
    profile: kind.profile === '' ? null : (kind.profile as IdpProfile),
  };
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

function pairs(text: string): (readonly [string, string])[] {
  const all = words(text);
  return Array.from({ length: all.length / 2 }, (_none, index) => [
    all[2 * index] ?? '',
    all[2 * index + 1] ?? '',
  ]);
}
