/**
 * A simulated Mode: its REST paths for one workspace, and beside them a control surface for tests and for trying
 * things out. A program of its own that knows nothing of the bridge; everything it does is in Mode's documentation
 * or was seen by other clients of Mode's API.
 */
import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import type { Clock } from '../clock.ts';
import { asBridgeError } from '../http/problem.ts';
import { createServer } from '../http/server.ts';
import { ApiError } from './api-error.ts';
import { registerControl } from './control-routes.ts';
import { createCredentials, type Credential } from './credentials.ts';
import { registerGroupRoutes } from './group-routes.ts';
import { registerMemberRoutes } from './member-routes.ts';
import { registerRootRoutes } from './root-routes.ts';
import { createSimulation } from './simulation.ts';

export interface SandboxOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly host?: string;
  /** The slug of the only workspace. */
  readonly workspace: string;
  /** A workspace API key: does all but invite. */
  readonly mainKey: Credential;
  /** The member API key of an admin: invites. */
  readonly inviterKey: Credential;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
}

export interface Sandbox {
  /** e.g. http://127.0.0.1:4010 */
  readonly url: string;
  close(): Promise<void>;
}

/** @returns when it listens */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port, host = '127.0.0.1', workspace: slug, clock, log } = options;
  const server = createServer({ log });
  const simulation = createSimulation(slug, clock);
  const credentials = createCredentials(options.mainKey, options.inviterKey);

  server.setErrorHandler((error, _request, reply) => sendError(reply, error));
  server.setNotFoundHandler((_request, reply) =>
    sendError(reply, new ApiError(404, { id: 'not_found', message: 'Not found' })),
  );

  await server.register(
    (api, _options, done) => {
      api.addHook('onRequest', async (request, reply) => {
        simulation.catchUp();
        await clock.sleep(simulation.settings.latency_ms);
        const wait = simulation.traffic.overRate(simulation.settings);
        if (wait !== undefined) {
          void reply.header('retry-after', String(wait));
          throw new ApiError(429, { id: 'too_many_requests', message: 'Too many requests' });
        }
        const fault = simulation.traffic.meetFault(request, simulation.settings);
        if (fault === undefined) return undefined;
        if (fault.retry_after !== undefined) void reply.header('retry-after', String(fault.retry_after));
        if (fault.body === 'html') {
          return reply
            .code(fault.status)
            .type('text/html')
            .send('<html><body>Something went wrong</body></html>');
        }
        if (fault.body === 'empty') return reply.code(fault.status).send();
        throw new ApiError(fault.status, { id: 'fault', message: `Simulated fault ${fault.status}` });
      });
      api.addHook('onResponse', (request, reply, next) => {
        simulation.traffic.log(request, reply, credentials.name(request));
        next();
      });
      registerRootRoutes(api, simulation, credentials);
      registerMemberRoutes(api, simulation, credentials);
      registerGroupRoutes(api, simulation, credentials);
      done();
    },
    { prefix: '/api' },
  );
  await server.register(
    (control, _options, done) => {
      registerControl(control, simulation);
      done();
    },
    { prefix: '/_sandbox' },
  );

  const url = await server.listen({ host, port });
  return { url, close: () => server.close() };
}

function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof ApiError) return reply.code(error.status).send(error.body);
  const { code, message } = asBridgeError(error);
  if (code === 'internal') {
    reply.log.error({ err: error }, 'the sandbox failed');
    return reply.code(500).send({ id: 'internal_error', message: 'Internal error' });
  }
  return reply.code(code === 'payload_too_large' ? 413 : 400).send({ id: 'bad_request', message });
}
