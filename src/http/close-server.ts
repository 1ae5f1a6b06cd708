/** Closes a server within a time limit. Requests in progress may finish; after the limit, connections are closed. */
import type { FastifyInstance } from 'fastify';
import { timeLimit, type Clock } from '../clock.ts';

/** @param graceMs how long to wait for requests in progress, including those that are only half received */
export async function closeServer(server: FastifyInstance, clock: Clock, graceMs: number): Promise<void> {
  const limit = timeLimit(clock, graceMs);
  limit.signal.addEventListener('abort', () => {
    server.server.closeAllConnections();
  });
  try {
    await server.close();
  } finally {
    limit.end();
  }
}
