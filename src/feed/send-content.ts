/**
 * Sends content of a snapshot with a strong entity tag, compressed as the reader asked, at the reader's pace. The content is
 * produced only as it is read: a stalled reader holds one batch in memory, and after a while its connection is closed.
 */
import { pipeline, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { encoder, negotiate } from './content-encoding.ts';
import { etagOf, matches } from './etag.ts';
import { watchReader } from './watch-reader.ts';

/** Smaller texts are joined, because each piece costs a turn of the event loop. */
const PIECE_CHARACTERS = 64 * 1024;

export interface Content {
  /** Identifies the bytes: the snapshot, the part of it, and the format. */
  readonly identity: readonly (string | number)[];
  readonly mediaType: string;
  /** Whether the body is already compressed. */
  readonly packed?: boolean;
  readonly body: () => AsyncIterable<Uint8Array | string>;
  /** How long the reader may read nothing, in milliseconds. */
  readonly stallMs: number;
  /** Called once when the response ends, successfully or not. */
  readonly done?: () => void;
}

export function sendContent(request: FastifyRequest, reply: FastifyReply, content: Content): FastifyReply {
  const { identity, mediaType, packed = false, body, stallMs, done = () => undefined } = content;
  const encoding = packed ? 'identity' : negotiate(request.headers['accept-encoding']);
  const etag = etagOf(identity, encoding);
  // Only the holder of the token may cache it, and must revalidate it each time. Usually it has not changed.
  void reply.header('etag', etag).header('cache-control', 'private, no-cache').type(mediaType);
  if (!packed) void reply.header('vary', 'accept-encoding');
  if (matches(request.headers['if-none-match'], etag)) {
    done();
    return reply.code(304).send();
  }
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  if (request.method === 'HEAD') {
    done();
    return reply.send();
  }
  const text = Readable.from(pieces(body()), { objectMode: false, highWaterMark: PIECE_CHARACTERS });
  const finish = (error: unknown) => {
    done();
    // The response has started. Abort the connection, so that no client takes the response for complete.
    if (error !== undefined && error !== null && !reply.raw.writableFinished) {
      request.log.warn({ reqId: request.id, err: error }, 'a response of the feed was aborted');
      reply.raw.destroy();
    }
  };
  watchReader(request, reply, { stream: text, stallMs, onEnd: done });
  if (encoding === 'identity') return reply.send(text.once('error', finish));
  return reply.send(pipeline(text, encoder(encoding), finish));
}

/** Joins small texts, so that a small batch does not become a packet of its own. */
async function* pieces(body: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  let text = '';
  for await (const piece of body) {
    if (typeof piece !== 'string') {
      if (text !== '') yield text;
      text = '';
      yield piece;
      continue;
    }
    text += piece;
    if (text.length < PIECE_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
