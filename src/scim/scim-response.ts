/** The response of an operation. A single request and a bulk request use the same one. */
import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { mediaTypeFor } from './media-type.ts';

export interface ScimResponse {
  readonly status: number;
  /** JSON text, as a whole or as a stream; undefined for a response without a body. */
  readonly body?: string | Readable;
  /** The ETag. */
  readonly version?: string;
  /** The URL of the resource. */
  readonly location?: string;
}

/** A response without a body has a Content-Type too: a widespread client treats a response without one as a failure. */
export function send(reply: FastifyReply, { status, body, version, location }: ScimResponse): FastifyReply {
  void reply.code(status).type(mediaTypeFor(reply.request));
  if (version !== undefined) void reply.header('etag', version);
  if (location !== undefined) void reply.header('location', location);
  return body === undefined ? reply.send() : reply.send(body);
}
