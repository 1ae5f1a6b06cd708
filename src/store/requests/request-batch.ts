/** Requests as one document. Only this program writes these documents. */
import type { Selectable } from 'kysely';
import type { IdpProfile } from '../../directory/access/idp-profile.ts';
import type {
  AttributeName,
  FilterOperator,
  LoggedRequest,
  RequestMethod,
  RequestRoute,
  ResourceId,
  ScimType,
} from '../../directory/requests/logged-request.ts';
import type { RequestBatchesTable, RequestKindsTable } from '../tables/request-tables.ts';

const CLOSED = 0;
/** Hexadecimal digits. Of a thousand resources in a batch, one in 65 others has the mark of one of them. */
const MARK_LENGTH = 4;

export type Kind = Selectable<RequestKindsTable>;
export type KindRow = Omit<Kind, 'id'>;

/** A request without the fields of its kind. Positions instead of names make the text a third as long. */
type Entry = readonly [
  id: string,
  at: number,
  kind: number,
  route: RequestRoute,
  resourceId: ResourceId | null,
  durationMs: number,
  attributes: readonly AttributeName[],
  unknownAttributes: number,
  operations: LoggedRequest['operations'],
  filter: readonly (readonly [AttributeName | null, FilterOperator])[],
  scimType: ScimType | null,
  bulkIds: readonly ResourceId[],
];

export interface RequestBatch {
  readonly row: Selectable<RequestBatchesTable>;
  /** The numbers of the kinds in it. */
  readonly kinds: ReadonlySet<number>;
  readonly content: string;
}

export function kindOf({ workspace, connectionId, profile, method, status }: LoggedRequest): KindRow {
  return {
    workspace: workspace ?? '',
    connection_id: connectionId ?? '',
    profile: profile ?? '',
    method,
    status: status ?? CLOSED,
  };
}

/**
 * A mark that shows whether a batch may name a resource. @param id has hexadecimal digits at its end, as all ids of the
 * bridge
 */
export function markOf(id: string): string {
  return ` ${id.slice(-MARK_LENGTH)}`;
}

/** @param requests at least one @param kinds the number of the kind of each request */
export function toBatch(requests: readonly LoggedRequest[], kinds: readonly number[]): RequestBatch {
  const entries: Entry[] = [];
  const marks = new Set<string>();
  for (const [index, request] of requests.entries()) {
    entries.push(toEntry(request, kinds[index] ?? 0));
    if (request.resourceId !== null) marks.add(markOf(request.resourceId));
    for (const bulkId of request.bulkIds) marks.add(markOf(bulkId));
  }
  const ids = requests.map(({ id }) => id).sort();
  const times = requests.map(({ at }) => at).sort((a, b) => a - b);
  return {
    row: {
      id: requests[0]?.id ?? '',
      first_id: ids[0] ?? '',
      last_id: ids.at(-1) ?? '',
      first_at: times[0] ?? 0,
      last_at: times.at(-1) ?? 0,
      requests: requests.length,
      resources: [...marks].join(''),
    },
    kinds: new Set(kinds),
    content: JSON.stringify(entries),
  };
}

function toEntry(request: LoggedRequest, kind: number): Entry {
  return [
    request.id,
    request.at,
    kind,
    request.route,
    request.resourceId,
    request.durationMs,
    request.attributes,
    request.unknownAttributes,
    request.operations,
    request.filter.map(({ attribute, operator }) => [attribute, operator]),
    request.scimType,
    request.bulkIds,
  ];
}

/** @returns the requests of these kinds */
export function toRequests(content: string, kinds: ReadonlyMap<number, KindRow>): readonly LoggedRequest[] {
  return (JSON.parse(content) as readonly Entry[]).flatMap((entry) => {
    const kind = kinds.get(entry[2]);
    return kind === undefined ? [] : [toRequest(entry, kind)];
  });
}

function toRequest(entry: Entry, kind: KindRow): LoggedRequest {
  const [id, at, , route, resourceId, durationMs, attributes, unknownAttributes, operations] = entry;
  const [, , , , , , , , , filter, scimType, bulkIds] = entry;
  return {
    id,
    at,
    method: kind.method as RequestMethod,
    route,
    resourceType: route.startsWith('/Users') ? 'User' : route.startsWith('/Groups') ? 'Group' : null,
    resourceId,
    bulkIds,
    attributes,
    unknownAttributes,
    operations,
    filter: filter.map(([attribute, operator]) => ({ attribute, operator })),
    status: kind.status === CLOSED ? null : kind.status,
    scimType,
    durationMs,
    workspace: kind.workspace === '' ? null : kind.workspace,
    connectionId: kind.connection_id === '' ? null : kind.connection_id,
    profile: kind.profile === '' ? null : (kind.profile as IdpProfile),
  };
}
