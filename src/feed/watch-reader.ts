/** What goes for every answer that is read at the reader's pace: it ends when the reader does, or takes nothing more. */
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How long a reader may take nothing. */
const STALL_MS = 60_000;

/** @param over called once the answer is over, however; the stream makes no more then */
export function watchReader(
  request: FastifyRequest,
  reply: FastifyReply,
  stream: Readable,
  over: () => void,
): void {
  const { raw } = reply;
  const listening = () => request.server.server.listening;
  const wasListening = listening();
  raw.setTimeout(STALL_MS, () => {
    raw.destroy();
  });
  // A server that is closing has closed what was idle then: a connection whose answer ended later would stay.
  raw.once('finish', () => {
    if (wasListening && !listening()) request.raw.socket.end();
  });
  raw.once('close', () => {
    stream.destroy();
    over();
  });
}
