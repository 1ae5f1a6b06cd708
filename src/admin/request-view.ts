/** A request of a SCIM client as JSON: what the admin API and `requests --json` return. */
import { Type, type Static } from 'typebox';
import { IDP_PROFILES } from '../directory/access/idp-profile.ts';
import {
  FILTER_OPERATORS,
  OPERATION_KINDS,
  REQUEST_METHODS,
  REQUEST_ROUTES,
  SCIM_TYPES,
  type LoggedRequest,
} from '../directory/requests/logged-request.ts';
import { At, Count, instant, Text } from './instant.ts';

const orNull = <T extends string>(known: readonly T[], description: string) =>
  Type.Union([Type.Enum([...known]), Type.Null()], { description });

export const RequestView = Type.Object({
  id: Type.String({ description: 'The request id, as in the log of the bridge' }),
  at: At,
  method: Type.Enum([...REQUEST_METHODS]),
  route: Type.Enum([...REQUEST_ROUTES], { description: 'The pattern of the route, never the URL' }),
  resource_type: orNull(['User', 'Group'], 'What the route is about'),
  resource_ids: Type.Array(Type.String(), {
    description: 'The resource of the URL, the one that was created, or those of a bulk request',
  }),
  attributes: Type.Array(Type.String(), { description: 'Names of attributes in the body' }),
  unknown_attributes: Type.Integer({
    minimum: 0,
    description: 'How many attributes of the body no schema knows',
  }),
  operations: Type.Partial(Type.Object(Object.fromEntries(OPERATION_KINDS.map((kind) => [kind, Count]))), {
    description: 'How many operations of each kind a PATCH or a bulk request has',
  }),
  filter: Type.Array(Type.Object({ attribute: Text, operator: Type.Enum([...FILTER_OPERATORS]) }), {
    description: 'The comparisons of the filter, without their values; null: an unknown attribute',
  }),
  status: Type.Union([Type.Integer(), Type.Null()], {
    description: 'null: the client closed the connection before the answer',
  }),
  scim_type: orNull(SCIM_TYPES, 'The kind of error'),
  duration_ms: Type.Number({ minimum: 0 }),
  workspace: Type.Union([Type.String(), Type.Null()], {
    description: 'null: the token was not accepted, or none was sent',
  }),
  connection: Type.Union([Type.String(), Type.Null()], { description: 'The id of the connection' }),
  client_profile: orNull(IDP_PROFILES, 'Which IdP the connection belonged to, as far as was known'),
});
export type RequestView = Static<typeof RequestView>;

export function viewRequest(request: LoggedRequest): RequestView {
  const { id, at, method, route, resourceType, resourceId, bulkIds, status, workspace } = request;
  return {
    id,
    at: instant(at),
    method,
    route,
    resource_type: resourceType,
    resource_ids: resourceId === null ? [...bulkIds] : [resourceId],
    attributes: [...request.attributes],
    unknown_attributes: request.unknownAttributes,
    operations: { ...request.operations },
    filter: request.filter.map(({ attribute, operator }) => ({ attribute, operator })),
    status,
    scim_type: request.scimType,
    duration_ms: request.durationMs,
    workspace,
    connection: request.connectionId,
    client_profile: request.profile,
  };
}
