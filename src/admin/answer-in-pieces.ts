/** Sends a long response in pieces, so that other requests are served in between. */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';

const LINES_A_PIECE = 500;
/** From the request to the last byte. A slower client does not get the whole response. */
const MAX_MS = 10 * 60_000;

/** @returns whether the client is gone, or has waited for too long since this call */
export function waitOf({ raw }: FastifyReply, clock: Clock): () => boolean {
  const endAt = clock.monotonic() + MAX_MS;
  return () => raw.destroyed || clock.monotonic() > endAt;
}

/** @returns a stream that fails when it is over: closing the connection then shows the client that the response is incomplete */
export function answerInPieces(lines: Iterable<string>, isOver: () => boolean): Readable {
  return Readable.from(pieces(lines, isOver), { objectMode: false });
}

async function* pieces(lines: Iterable<string>, isOver: () => boolean): AsyncGenerator<string, void> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line);
    if (piece.length < LINES_A_PIECE) continue;
    yield `${piece.join('\n')}\n`;
    piece = [];
    await setImmediate();
    if (isOver()) throw new BridgeError('unavailable', 'The answer was not read in time.');
  }
  yield `${piece.join('\n')}\n`;
}
