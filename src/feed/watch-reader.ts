/** What goes for every answer that is read at the reader's pace: it ends when the reader does, or takes nothing more. */
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Watched {
  /** It makes no more once the answer is over. */
  readonly stream: Readable;
  /** How long the reader may take nothing. */
  readonly stallMs: number;
  /** Called once the answer is over, however. */
  readonly over: () => void;
}

export function watchReader(
  request: FastifyRequest,
  reply: FastifyReply,
  { stream, stallMs, over }: Watched,
): void {
  const { raw } = reply;
  const listening = () => request.server.server.listening;
  const wasListening = listening();
  raw.setTimeout(stallMs, () => {
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
