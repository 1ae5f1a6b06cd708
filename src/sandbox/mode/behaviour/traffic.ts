/** What is known of the calls of the API: a log of the last ones, and counts of all. Never a key, never a body. */
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../../clock.ts';

const MAX_LOGGED = 10_000;
/** How many entries are let go of at once. */
const LOG_SLACK = 1_000;

export type CredentialName = 'main' | 'inviter' | 'none' | 'unknown';

export interface LoggedCall {
  readonly method: string;
  readonly path: string;
  /** Without its question mark; empty when there is none. */
  readonly query: string;
  /** e.g. /api/acme/groups/:group, or "unknown". */
  readonly route: string;
  /** As the client addressed it: after a redirect, another one. */
  readonly host: string;
  /** null: no answer was sent, or none yet. */
  readonly status: number | null;
  /** ISO 8601. */
  readonly time: string;
  readonly credential: CredentialName;
}

export interface Counts {
  readonly total: number;
  readonly by_route: Record<string, number>;
  /** By "none" those that got no answer. */
  readonly by_status: Record<string, number>;
}

export interface Traffic {
  /** @returns what to call when its answer is sent */
  arrived(request: FastifyRequest, credential: CredentialName): (status: number) => void;
  requests(): readonly LoggedCall[];
  counts(): Counts;
  forget(): void;
}

export function createTraffic(clock: Clock): Traffic {
  let log: LoggedCall[] = [];
  const routes = new Map<string, number>();
  const statuses = new Map<string, number>();
  let total = 0;

  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

  return {
    arrived: (request, credential) => {
      const [path = '', query = ''] = request.url.split('?', 2);
      const route = routeOf(request);
      const time = new Date(clock.now()).toISOString();
      const call: LoggedCall & { status: number | null } = {
        ...{ method: request.method, path, query, route, host: request.host },
        ...{ status: null, time, credential },
      };
      total += 1;
      count(routes, `${request.method} ${route}`);
      log.push(call);
      if (log.length > MAX_LOGGED + LOG_SLACK) log = log.slice(-MAX_LOGGED);
      return (status) => {
        call.status = status;
        count(statuses, String(status));
      };
    },
    requests: () => log.slice(-MAX_LOGGED),
    counts: () => {
      const answered = [...statuses.values()].reduce((sum, each) => sum + each, 0);
      return {
        total,
        by_route: Object.fromEntries(routes),
        by_status: {
          ...Object.fromEntries(statuses),
          ...(total > answered ? { none: total - answered } : {}),
        },
      };
    },
    forget: () => {
      log = [];
      total = 0;
      routes.clear();
      statuses.clear();
    },
  };
}

/** The pattern of the address, e.g. /api/acme/groups/:group */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
}
