/** What an operation answers: the same for a request of its own and within a bulk request. */
import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export const SCIM_JSON = 'application/scim+json; charset=utf-8';

export interface Answer {
  readonly status: number;
  /** JSON text, at once or in parts; none where there is nothing to say. */
  readonly body?: string | Readable;
  /** The ETag. */
  readonly version?: string;
  /** The address of the resource. */
  readonly location?: string;
}

export function send(reply: FastifyReply, { status, body, version, location }: Answer): FastifyReply {
  void reply.code(status);
  if (version !== undefined) void reply.header('etag', version);
  if (location !== undefined && status === 201) void reply.header('location', location);
  return body === undefined ? reply.send() : reply.type(SCIM_JSON).send(body);
}
