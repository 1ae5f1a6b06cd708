/** Ends a streamed response when its reader disconnects or stalls. */
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Watched {
  /** Destroyed when the response ends. */
  readonly stream: Readable;
  /** How long the reader may read nothing, in milliseconds. */
  readonly stallMs: number;
  /** Called when the response ends, successfully or not. */
  readonly onEnd: () => void;
}

export function watchReader(
  request: FastifyRequest,
  reply: FastifyReply,
  { stream, stallMs, onEnd }: Watched,
): void {
  const { raw } = reply;
  const listening = () => request.server.server.listening;
  const wasListening = listening();
  raw.setTimeout(stallMs, () => {
    raw.destroy();
  });
  // A closing server closes only the connections that are idle at that time. This one becomes idle later.
  raw.once('finish', () => {
    if (wasListening && !listening()) request.raw.socket.end();
  });
  raw.once('close', () => {
    stream.destroy();
    onEnd();
  });
}
