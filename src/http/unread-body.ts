/**
 * Closes the connection of a request that is answered before its body was read, e.g. because the token is wrong or the body
 * too large. Most clients read the response only after they have sent the whole body, and a connection that is closed
 * meanwhile is reset: the response is lost. So the response is sent at once, the rest of the body is read and dropped, and the
 * connection is closed after that, or at a limit of bytes and time.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { timeLimit, type Clock } from '../clock.ts';

export interface DrainLimits {
  readonly maxBytes: number;
  readonly maxMs: number;
}

/** As much as the largest body that any route accepts, and as long as a stop waits for requests in progress. */
const LIMITS: DrainLimits = { maxBytes: 32 * 1024 * 1024, maxMs: 5_000 };

/** Applies to every response on `server` that is not a stream. */
export function closeUnread(server: FastifyInstance, clock: Clock, limits: DrainLimits = LIMITS): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = request;
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload);
    if (isRead(raw) || !hasBody(raw) || !isWhole || request.method === 'HEAD') {
      done(null, payload);
      return;
    }
    // The client knows from the length that the response is complete, although the stream has not ended yet.
    void reply.headers({ connection: 'close', 'content-length': Buffer.byteLength(payload) });
    done(null, Readable.from(thenDrained(payload, raw, clock, limits), { objectMode: false }));
  });
}

/** A request that did not come over a socket, as tests make them, has no `complete`. */
function isRead(body: IncomingMessage): boolean {
  return body.complete || body.readableEnded;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

async function* thenDrained(
  payload: string | Buffer,
  body: IncomingMessage,
  clock: Clock,
  limits: DrainLimits,
) {
  yield payload;
  await drained(body, clock, limits);
}

/** Resolves when the body has ended or a limit is reached; never rejects. */
function drained(body: IncomingMessage, clock: Clock, { maxBytes, maxMs }: DrainLimits): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const limit = timeLimit(clock, maxMs);
    const end = () => {
      limit.end();
      body.off('data', count);
      body.pause();
      resolve();
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end();
    };
    limit.signal.addEventListener('abort', end);
    body.on('data', count).once('end', end).once('close', end).once('error', end);
    if (isRead(body) || body.destroyed) end();
    else body.resume();
  });
}
