/** Sends a list, requested with a query or with a search request (RFC 7644 sections 3.4.2 and 3.4.3). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { send } from '../scim-response.ts';
import type { ScimCall } from '../scim-call.ts';
import { listResponse } from '../codec/list-response.ts';
import { readProjection } from '../codec/projection.ts';
import type { ResourceOperations } from '../operations/resource-operations.ts';
import { readListRequest, type ListRequest } from '../paging/list-request.ts';
import { searchParameters } from '../paging/search-request.ts';
import { parametersOf } from '../scim-request.ts';

type List = ResourceOperations['list'];

export async function answerList(
  request: FastifyRequest,
  reply: FastifyReply,
  call: ScimCall,
  list: List,
): Promise<FastifyReply> {
  const wanted = readListRequest(parametersOf(request));
  note(call, wanted);
  const page = await list(call, wanted);
  return send(reply, {
    status: 200,
    body: listResponse(page, wanted.cursor === undefined ? wanted.startIndex : undefined),
  });
}

/** The body has the parameters; the query of a search is ignored. */
export async function answerSearch(
  request: FastifyRequest,
  reply: FastifyReply,
  call: ScimCall,
  list: List,
): Promise<FastifyReply> {
  const parameter = searchParameters(request.body);
  const wanted = readListRequest(parameter);
  note(call, wanted);
  const projection = readProjection(parameter('attributes'), parameter('excludedattributes'));
  const page = await list({ ...call, projection }, wanted);
  return send(reply, {
    status: 200,
    body: listResponse(page, wanted.cursor === undefined ? wanted.startIndex : undefined),
  });
}

function note({ notes }: ScimCall, { filter }: ListRequest): void {
  if (notes !== undefined) notes.filter = filter;
}
