/** What happens to every request of the API before it is answered: it is counted, slowed, limited, or fails. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Fault, Settings } from './settings.ts';

const MAX_LOGGED = 10_000;

export type CredentialName = 'main' | 'inviter' | 'none' | 'unknown';

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** ISO 8601. */
  readonly time: string;
  readonly credential: CredentialName;
}

export interface Traffic {
  log(request: FastifyRequest, reply: FastifyReply, credential: CredentialName): void;
  requests(): readonly LoggedRequest[];
  counts(): { total: number; by_route: Record<string, number>; by_status: Record<string, number> };
  /** The fault that this request meets, used up by one. */
  meetFault(request: FastifyRequest, settings: Settings): Fault | undefined;
  /** Seconds to wait when the bucket is full; undefined when the request may pass. */
  overRate(settings: Settings): number | undefined;
}

export function createTraffic(clock: Clock): Traffic {
  let log: LoggedRequest[] = [];
  const routes = new Map<string, number>();
  const statuses = new Map<string, number>();
  let total = 0;
  let level = 0;
  let leakedAt = clock.now();

  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

  return {
    log: (request, reply, credential) => {
      total += 1;
      count(routes, `${request.method} ${request.routeOptions.url ?? 'unknown'}`);
      count(statuses, String(reply.statusCode));
      const path = request.url.split('?', 1)[0] ?? '';
      const time = new Date(clock.now()).toISOString();
      log.push({ method: request.method, path, status: reply.statusCode, time, credential });
      if (log.length > MAX_LOGGED) log = log.slice(-MAX_LOGGED / 2);
    },
    requests: () => log,
    counts: () => ({ total, by_route: Object.fromEntries(routes), by_status: Object.fromEntries(statuses) }),

    meetFault: (request, settings) => {
      const index = settings.faults.findIndex(
        ({ method, path }) =>
          (method === undefined || method.toUpperCase() === request.method) &&
          (path === undefined || request.url.startsWith(path)),
      );
      const fault = settings.faults[index];
      if (fault === undefined) return undefined;
      fault.for_requests -= 1;
      if (fault.for_requests === 0) settings.faults.splice(index, 1);
      return fault;
    },

    // A leaky bucket that holds one second's worth.
    overRate: ({ rate_per_second: rate }) => {
      if (rate === null) return undefined;
      const now = clock.now();
      level = Math.max(0, level - ((now - leakedAt) / 1_000) * rate);
      leakedAt = now;
      if (level + 1 > Math.max(1, rate)) return Math.max(1, Math.ceil((level + 1 - rate) / rate));
      level += 1;
      return undefined;
    },
  };
}
