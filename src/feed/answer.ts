/**
 * Sends what a snapshot tells: with a strong tag, packed as the reader asked, at the reader's pace. What is not read
 * is not made: a reader that stalls holds one batch, and after a while its connection is closed.
 */
import { pipeline, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { encoder, negotiate } from './content-encoding.ts';
import { etagOf, matches } from './etag.ts';
import { watchReader } from './watch-reader.ts';

/** Text is sent in pieces of no less, while there is more: each costs a turn. */
const PIECE_CHARACTERS = 64 * 1024;

export interface Told {
  /** What decides the bytes: the snapshot, and which part of it in which form. */
  readonly identity: readonly (string | number)[];
  readonly mediaType: string;
  /** Whether it is packed already. */
  readonly packed?: boolean;
  readonly body: () => AsyncIterable<Uint8Array | string>;
  /** How long the reader may take nothing. */
  readonly stallMs: number;
  /** Called once when the answer is over, however. */
  readonly done?: () => void;
}

export function tell(request: FastifyRequest, reply: FastifyReply, told: Told): FastifyReply {
  const { identity, mediaType, packed = false, body, stallMs, done = () => undefined } = told;
  const encoding = packed ? 'identity' : negotiate(request.headers['accept-encoding']);
  const etag = etagOf(identity, encoding);
  // It is told to whoever has the token, and asked for anew each time: most times it has not changed.
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
  const over = (error: unknown) => {
    done();
    // The answer has begun: all that is left is to end it in a way that nobody takes for whole.
    if (error !== undefined && error !== null && !reply.raw.writableFinished) {
      request.log.warn({ reqId: request.id, err: error }, 'an answer of the feed was cut off');
      reply.raw.destroy();
    }
  };
  watchReader(request, reply, { stream: text, stallMs, over: done });
  if (encoding === 'identity') return reply.send(text.once('error', over));
  return reply.send(pipeline(text, encoder(encoding), over));
}

/** Small texts joined, so that a batch of few items is no packet of its own. */
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
