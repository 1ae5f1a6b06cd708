/** Reads the query and headers of a request. Parameter names may be in any case; unknown parameters are ignored. */
import type { FastifyRequest } from 'fastify';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import { BridgeError } from '../errors.ts';
import type { ScimCall } from './scim-call.ts';
import { EVERYTHING, readProjection } from './codec/projection.ts';
import type { Parameters } from './paging/list-request.ts';
import { readEntityTags } from './preconditions.ts';
import type { RequestNotes } from './requests/request-notes.ts';

const HOST = /^[\w.:[\]%-]+$/;

/** The parameters of the query. If a parameter is given twice, the first one counts. */
export function parametersOf(request: FastifyRequest): Parameters {
  const query = request.query as Readonly<Record<string, string | readonly string[]>>;
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    const first = typeof value === 'string' ? value : value[0];
    if (first !== undefined && !byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), first);
  }
  return (name) => byName.get(name);
}

export interface CallOptions {
  /** The origin that clients see, without a path; undefined: taken from the request's Host header. */
  readonly publicUrl: string | undefined;
  readonly prefix: string;
  readonly holderOf: (request: FastifyRequest) => TokenHolder;
  /** undefined: nothing is noted. */
  readonly notesOf?: ((request: FastifyRequest) => RequestNotes | undefined) | undefined;
}

/** @throws BridgeError invalid_value, invalid_filter for a header or parameter that is not valid */
export function callOf(
  request: FastifyRequest,
  { publicUrl, prefix, holderOf, notesOf }: CallOptions,
): ScimCall {
  const { headers, id, url } = request;
  const parameter = url.includes('?') ? parametersOf(request) : undefined;
  const { workspace, connection } = holderOf(request);
  return {
    workspace,
    connection,
    requestId: id,
    notes: notesOf?.(request),
    base: (publicUrl ?? originOf(request)) + prefix,
    projection:
      parameter === undefined
        ? EVERYTHING
        : readProjection(parameter('attributes'), parameter('excludedattributes')),
    guard: readEntityTags(headers['if-match']),
    known: readEntityTags(headers['if-none-match']),
  };
}

function originOf({ protocol, host }: FastifyRequest): string {
  if (!HOST.test(host)) throw new BridgeError('invalid_value', 'The Host header is not a valid host.');
  return `${protocol}://${host}`;
}
