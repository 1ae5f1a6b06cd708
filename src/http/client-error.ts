/**
 * Responds to data that is not HTTP, or does not arrive in time, before it becomes a request. Nothing that was sent is
 * logged: Node's error carries the raw packet, including the Authorization header.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';

const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** @returns the handler of Node's `clientError`; it logs the error's code and nothing else */
export function answerClientErrors(log: FastifyBaseLogger): (error: Error, socket: Socket) => void {
  return (error, socket) => {
    const { code = 'unknown' } = error as Error & { code?: string };
    if (code === 'ECONNRESET' || socket.destroyed) return;
    log.debug({ code }, 'closed a connection that did not send a valid HTTP request');
    if (socket.writable) {
      const status = STATUSES[code] ?? 400;
      const title = STATUS_CODES[status] ?? '';
      const body = JSON.stringify({ type: 'about:blank', title, status });
      const head = [
        `HTTP/1.1 ${status} ${title}`,
        'Connection: close',
        'Content-Type: application/problem+json',
        `Content-Length: ${body.length}`,
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    }
    // The error is not passed on: it would be emitted with the raw packet.
    socket.destroySoon();
  };
}
