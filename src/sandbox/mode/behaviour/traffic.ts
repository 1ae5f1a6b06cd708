/** Log of the last API calls, and counts of all calls. It never contains keys or bodies. */
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../../clock.ts';

const MAX_LOGGED = 10_000;
/** The log is cut only when it exceeds the maximum by this number. */
const LOG_SLACK = 1_000;

export const CREDENTIAL_NAMES = ['main', 'inviter', 'other_workspace', 'none', 'unknown'] as const;
/** The key of a call. `other_workspace`: a valid key, but of another workspace. */
export type CredentialName = (typeof CREDENTIAL_NAMES)[number];

export interface LoggedCall {
  readonly method: string;
  readonly path: string;
  /** Without the question mark; empty when there is no query. */
  readonly query: string;
  /** e.g. /api/acme/groups/:group, or "unknown". */
  readonly route: string;
  /** The Host header: different after a redirect to another origin. */
  readonly host: string;
  /** null while no response was sent. */
  readonly status: number | null;
  /** ISO 8601. */
  readonly time: string;
  readonly credential: CredentialName;
}

export interface Counts {
  readonly total: number;
  readonly by_route: Record<string, number>;
  /** "none" counts the calls without a response. */
  readonly by_status: Record<string, number>;
}

export interface Traffic {
  /** @returns a function to call when the response is sent */
  record(request: FastifyRequest, credential: CredentialName): (status: number) => void;
  requests(): readonly LoggedCall[];
  counts(): Counts;
  clear(): void;
}

export function createTraffic(clock: Clock): Traffic {
  let log: LoggedCall[] = [];
  const routes = new Map<string, number>();
  const statuses = new Map<string, number>();
  let total = 0;

  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

  return {
    record: (request, credential) => {
      const [path = '', query = ''] = request.url.split('?', 2);
      const route = routeOf(request);
      const time = new Date(clock.now()).toISOString();
      const call: LoggedCall & { status: number | null } = {
        method: request.method,
        path,
        query,
        route,
        host: request.host,
        status: null,
        time,
        credential,
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
    clear: () => {
      log = [];
      total = 0;
      routes.clear();
      statuses.clear();
    },
  };
}

/** The pattern of the path, e.g. /api/acme/groups/:group */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
}
