/** The metrics on the admin port. Labels come from closed lists: workspaces, connections, routes, methods, states. */
import type { FastifyInstance } from 'fastify';
import type { CallCount } from './call-counts.ts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The work of one workspace. */
export interface WorkloadNumbers {
  readonly workspace: string;
  readonly jobs: Readonly<Record<string, number>>;
  readonly deliveries: Readonly<Record<string, number>>;
  /** Operations that wait for a decision of a person, by the name of the connection. */
  readonly holds: Readonly<Record<string, number>>;
  /** Whether Mode as a whole fails. */
  readonly failing: boolean;
  /** People who left longer ago than the objective, and whose removal no read has shown. */
  readonly leaversOverdue: number;
  /** Calls to Mode since the start. */
  readonly calls: readonly CallCount[];
}

export interface Metrics {
  /** Times every request of that server, by its route's pattern. */
  watch(server: FastifyInstance, port: 'public' | 'admin'): void;
  /** Records how long it took until a read of Mode showed that a leaver has no access. */
  leaverVerified(workspace: string, seconds: number): void;
  /** Adds `GET /metrics` to that server. It needs no token, because it has only numbers. */
  expose(server: FastifyInstance): void;
}

/** From a second to a day. */
const LEAVER_SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 14_400, 43_200, 86_400];

/**
 * @param workloads of every workspace; asked for at each scrape
 * @param unlogged how many requests the request log has left out since the start
 */
export function createMetrics(
  workloads: () => Promise<readonly WorkloadNumbers[]>,
  unlogged: () => number,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'bridge_http_request_seconds',
    help: 'Requests by port, method, route pattern and status',
    labelNames: ['port', 'method', 'route', 'status'],
    registers: [registry],
  });
  const jobs = new Gauge({
    name: 'bridge_jobs',
    help: 'Jobs by state',
    labelNames: ['workspace', 'state'],
    registers: [registry],
  });
  const deliveries = new Gauge({
    name: 'bridge_deliveries',
    help: 'Users and groups by the state of their delivery',
    labelNames: ['workspace', 'state'],
    registers: [registry],
  });
  const holds = new Gauge({
    name: 'bridge_holds',
    help: 'Operations that wait until a person approves or rejects them',
    labelNames: ['workspace', 'connection'],
    registers: [registry],
  });
  const failing = new Gauge({
    name: 'bridge_mode_failing',
    help: '1 while Mode as a whole fails',
    labelNames: ['workspace'],
    registers: [registry],
  });

  const modeCalls = new Counter({
    name: 'bridge_mode_calls_total',
    help: 'Calls to Mode since the start by method, route pattern and status',
    labelNames: ['workspace', 'method', 'route', 'status'],
    registers: [registry],
  });

  const leavers = new Histogram({
    name: 'bridge_leaver_seconds',
    help: 'Time from the deactivation or deletion of a person until a read of Mode shows that they have no access',
    labelNames: ['workspace'],
    buckets: LEAVER_SECONDS,
    registers: [registry],
  });
  const overdue = new Gauge({
    name: 'bridge_leavers_overdue',
    help: 'People who left longer ago than the objective, and whose removal no read of Mode has shown',
    labelNames: ['workspace'],
    registers: [registry],
  });

  const leftOut = new Counter({
    name: 'bridge_request_log_dropped_total',
    help: 'Requests that the request log left out, because the database did not take them in time',
    registers: [registry],
  });

  return {
    watch: (server, port) => {
      // Cached, because finding the series of these labels costs more than counting.
      const series = new Map<string, Histogram.Internal<string>>();
      server.addHook('onResponse', (request, reply, done) => {
        const route = request.routeOptions.url ?? 'unknown';
        const { method } = request;
        const status = String(reply.statusCode);
        const key = `${method} ${status} ${route}`;
        const one = series.get(key) ?? requests.labels({ port, method, route, status });
        series.set(key, one);
        one.observe(reply.elapsedTime / 1_000);
        done();
      });
    },
    leaverVerified: (workspace, seconds) => {
      leavers.observe({ workspace }, seconds);
    },
    expose: (server) => {
      server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
        const numbers = await workloads();
        modeCalls.reset();
        holds.reset();
        leftOut.reset();
        leftOut.inc(unlogged());
        for (const { workspace, ...workload } of numbers) {
          for (const [state, count] of Object.entries(workload.jobs)) jobs.set({ workspace, state }, count);
          for (const [state, count] of Object.entries(workload.deliveries))
            deliveries.set({ workspace, state }, count);
          for (const [connection, count] of Object.entries(workload.holds))
            holds.set({ workspace, connection }, count);
          for (const { count, ...labels } of workload.calls) modeCalls.inc({ workspace, ...labels }, count);
          overdue.set({ workspace }, workload.leaversOverdue);
          failing.set({ workspace }, workload.failing ? 1 : 0);
        }
        return reply.type(registry.contentType).send(await registry.metrics());
      });
    },
  };
}
