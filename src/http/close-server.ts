/** Closes a server within a time: requests under way may end, and whatever stands longer is cut off. */
import type { FastifyInstance } from 'fastify';
import { timeLimit, type Clock } from '../clock.ts';

/** @param graceMs how long requests under way, and connections that send half of one, may still stand */
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
