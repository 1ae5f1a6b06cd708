/**
 * A simulated Mode: its REST paths for one workspace, and beside them a control surface for tests and for trying
 * things out. A program of its own that knows nothing of the bridge; everything it does is in Mode's documentation
 * or was seen by other clients of Mode's API.
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

/** States of whole workspaces are seeded at once. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;
/** Of what is refused before Mode's own rules apply; anything else is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  payload_too_large: 413,
  forbidden: 403,
  unsupported_media_type: 415,
};
/** How long requests under way may take when it ends. */
const CLOSE_GRACE_MS = 2_000;

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
  /** The bearer token of Mode's own SCIM, which is under /scim/v2 while the setting `scim_enabled` says so. */
  readonly scimToken?: string;
  readonly clock: Clock;
  /**
   * Which tokens people, groups and the like get, one after the other: 12 hexadecimal characters, each once. Random when
   * not given; a story that is to happen again in the same way gives its own.
   */
  readonly tokens?: NewToken;
  readonly log: FastifyBaseLogger;
  /** As PATCH /_sandbox/settings takes it, e.g. `{ profile: 'hostile' }`; the profile `kind` when not given. */
  readonly settings?: unknown;
  /** As POST /_sandbox/seed takes it; one admin and nothing else when not given. */
  readonly seed?: unknown;
}

export interface Sandbox {
  /** e.g. http://127.0.0.1:4010 */
  readonly url: string;
  /** The same that is served under /_sandbox, for callers in this process. */
  readonly control: Control;
  /** @param all former members and deleted groups too @returns everything in the workspace, sorted */
  state(all?: boolean): StateDocument;
  /** Somebody does it in Mode's own pages. @throws ApiError, and nothing is changed */
  edit(edit: UiEdit): StateDocument;
  /** Calls fail in this way from now on. @returns what takes this fault off; it does nothing when the fault is over */
  fault(fault: Fault): () => void;
  /** Lets go of what hangs. */
  close(): Promise<void>;
}

/** @returns when it listens @throws BridgeError invalid_config for settings or a seed that are not what they should be */
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
    throw new BridgeError('invalid_config', `The simulated Mode cannot start so. ${error.message}`);
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

/** Mode reads a body as JSON only when it is called so: without a Content-Type, what a write needs is missing. */
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

/** Addresses that are not there are calls like any other: they are counted. */
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
