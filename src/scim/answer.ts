/** What an operation answers: the same for a request of its own and within a bulk request. */
import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { mediaTypeFor } from './media-type.ts';

export interface Answer {
  readonly status: number;
  /** JSON text, at once or in parts; none where there is nothing to say. */
  readonly body?: string | Readable;
  /** The ETag. */
  readonly version?: string;
  /** The address of the resource. */
  readonly location?: string;
}

/** An answer without a body has a Content-Type, too: a widespread client takes one without for a failure. */
export function send(reply: FastifyReply, { status, body, version, location }: Answer): FastifyReply {
  void reply.code(status).type(mediaTypeFor(reply.request));
  if (version !== undefined) void reply.header('etag', version);
  if (location !== undefined) void reply.header('location', location);
  return body === undefined ? reply.send() : reply.send(body);
}
