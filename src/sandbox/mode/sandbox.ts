/**
 * A simulated Mode: its REST API for one workspace, and a control API for tests and demos. It is a separate program that
 * knows nothing about the bridge. Everything that it does is in Mode's documentation or was observed by other clients of
 * Mode's API.
 */
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../clock.ts';
import { BridgeError, type ErrorCode } from '../../errors.ts';
import { closeServer } from '../../http/close-server.ts';
import { checkHost } from '../../http/host-check.ts';
import { listen } from '../../http/listen.ts';
import { asBridgeError } from '../../http/problem.ts';
import { createServer } from '../../http/server.ts';
import { ApiError, idOfStatus, internalError, shapeError } from './api/api-error.ts';
import type { ApiContext } from './api/api-context.ts';
import { registerAuditRoutes } from './api/audit-routes.ts';
import { createControl, type Control } from './control/control.ts';
import { registerControl } from './control/control-routes.ts';
import { createCredentials, type Credential } from './api/credentials.ts';
import { registerDataSourceRoutes } from './api/data-source-routes.ts';
import { registerDiscoveryRoutes } from './api/discovery-routes.ts';
import type { Fault } from './behaviour/fault.ts';
import { registerGroupMemberRoutes } from './api/group-member-routes.ts';
import { registerGroupRoutes } from './api/group-routes.ts';
import { createHal } from './api/hal.ts';
import { registerMemberRoutes } from './api/member-routes.ts';
import { registerOwnScim } from './api/own-scim-routes.ts';
import { newToken, type NewToken } from './world/new-token.ts';
import { registerRootRoutes } from './api/root-routes.ts';
import { readSettingsPatch } from './behaviour/settings.ts';
import { createSimulation, type Simulation } from './world/simulation.ts';
import { registerSpaceRoutes } from './api/space-routes.ts';
import type { StateDocument } from './control/state-document.ts';
import { addTrafficHooks } from './behaviour/traffic-hooks.ts';
import type { UiEdit } from './world/ui-edit.ts';

/** Large, because a seed contains a whole workspace. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;
/** Statuses of errors raised before Mode's own rules apply. All others are 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  payload_too_large: 413,
  forbidden: 403,
  unsupported_media_type: 415,
};
/** How long running requests may take when the sandbox closes. */
const CLOSE_GRACE_MS = 2_000;

export interface SandboxOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly host?: string;
  /** The slug of the only workspace. */
  readonly workspace: string;
  /** A workspace API key: can do everything except invite. */
  readonly mainKey: Credential;
  /** The member API key of an admin: can invite. */
  readonly inviterKey: Credential;
  /** The bearer token of Mode's own SCIM, which is served under /scim/v2 while the setting `scim_enabled` is true. */
  readonly scimToken?: string;
  readonly clock: Clock;
  /**
   * Returns the next token for a member, group and so on: 12 hexadecimal characters, never the same twice. Random by
   * default; pass a function to make a run repeatable.
   */
  readonly tokens?: NewToken;
  readonly log: FastifyBaseLogger;
  /** As in PATCH /_sandbox/settings, e.g. `{ profile: 'hostile' }`. Default: the profile `kind`. */
  readonly settings?: unknown;
  /** As in POST /_sandbox/seed. Default: one admin and nothing else. */
  readonly seed?: unknown;
}

export interface Sandbox {
  /** e.g. http://127.0.0.1:4010 */
  readonly url: string;
  /** The control API that is served under /_sandbox, for callers in this process. */
  readonly control: Control;
  /** @param all include former members and deleted groups @returns everything in the workspace, sorted */
  state(all?: boolean): StateDocument;
  /** Does what a person does in Mode's UI. @throws ApiError, and nothing is changed */
  edit(edit: UiEdit): StateDocument;
  /** Adds a fault. @returns a function that removes it, and does nothing when the fault has ended */
  fault(fault: Fault): () => void;
  /** Also ends hanging calls. */
  close(): Promise<void>;
}

/** @returns when the server listens @throws BridgeError invalid_config for invalid settings or an invalid seed */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port, host = '127.0.0.1', log } = options;
  const server = createServer({ log, bodyLimitBytes: BODY_LIMIT_BYTES });
  checkHost(server, [host]);
  const { simulation, control } = begin(options);
  const credentials = createCredentials(options.mainKey, options.inviterKey, simulation.settings);
  const context = { simulation, credentials, hal: createHal(simulation) };
  const closing = new AbortController();
  server.addHook('preClose', (done) => {
    closing.abort();
    done();
  });

  answerErrors(server, simulation);
  await registerApi(server, context, closing.signal);
  await registerScim(server, context, options.scimToken, closing.signal);
  await server.register(
    (routes, _options, done) => {
      registerControl(routes, control);
      done();
    },
    { prefix: '/_sandbox' },
  );

  const words = { name: 'simulated Mode', setting: 'SANDBOX_PORT' };
  const url = await listen(server, { host, port }, words).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return {
    url,
    control,
    state: (all) => control.state(all),
    edit: (edit) => control.uiEdit(edit),
    fault: (fault) => control.addFault(fault),
    close: () => closeServer(server, options.clock, CLOSE_GRACE_MS),
  };
}

function begin({ workspace: slug, clock, settings = {}, seed, tokens = newToken }: SandboxOptions) {
  try {
    const simulation = createSimulation(slug, clock, readSettingsPatch(settings), tokens);
    const control = createControl(simulation);
    if (seed !== undefined) control.seed(seed);
    return { simulation, control };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new BridgeError('invalid_config', `The simulated Mode cannot start: ${error.message}`);
  }
}

async function registerApi(
  server: FastifyInstance,
  context: ApiContext,
  closing: AbortSignal,
): Promise<void> {
  await server.register(
    (api, _options, done) => {
      ignoreOtherBodies(api);
      addTrafficHooks(api, context, closing);
      answerErrors(api, context.simulation);
      registerRootRoutes(api, context);
      registerMemberRoutes(api, context);
      registerGroupRoutes(api, context);
      registerGroupMemberRoutes(api, context);
      registerSpaceRoutes(api, context);
      registerDataSourceRoutes(api, context);
      registerAuditRoutes(api, context);
      done();
    },
    { prefix: '/api' },
  );
  await server.register(
    (batch, _options, done) => {
      ignoreOtherBodies(batch);
      addTrafficHooks(batch, context, closing);
      answerErrors(batch, context.simulation);
      registerDiscoveryRoutes(batch, context);
      done();
    },
    { prefix: '/batch' },
  );
}

/** Mode reads a body only with a JSON Content-Type. Without it, a write lacks its parameters. */
function ignoreOtherBodies(scope: FastifyInstance): void {
  scope.removeContentTypeParser('*');
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => {
    done(null, undefined);
  });
}

async function registerScim(
  server: FastifyInstance,
  context: ApiContext,
  token: string | undefined,
  closing: AbortSignal,
): Promise<void> {
  if (token === undefined) return;
  await server.register(
    (scim, _options, done) => {
      addTrafficHooks(scim, context, closing);
      answerErrors(scim, context.simulation);
      registerOwnScim(scim, context, token);
      done();
    },
    { prefix: '/scim/v2' },
  );
}

/** Handles errors and unknown paths. Calls of unknown paths are counted like others. */
function answerErrors(scope: FastifyInstance, simulation: Simulation): void {
  scope.setErrorHandler((error, _request, reply) => sendError(reply, simulation, error));
  scope.setNotFoundHandler((_request, reply) =>
    sendError(reply, simulation, new ApiError(404, { id: 'not_found', message: 'Not found' })),
  );
}

function sendError(reply: FastifyReply, { settings }: Simulation, error: unknown): FastifyReply {
  if (error instanceof ApiError) {
    const { status, body } = shapeError(error, settings().quirks);
    const isEmpty = status === 404 && settings().quirks.not_found === 'empty';
    return isEmpty ? reply.code(status).send() : reply.code(status).send(body);
  }
  const { code, message } = asBridgeError(error);
  if (code === 'internal') {
    reply.log.error({ err: error }, 'the sandbox failed');
    return reply.code(500).send(internalError().body);
  }
  const status = STATUS[code] ?? 400;
  return reply.code(status).send({ id: idOfStatus(status), message });
}
