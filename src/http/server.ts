/**
 * What every HTTP server of the bridge has in common: JSON from strangers, one log line a request, request ids,
 * and tolerance for the URLs that clients really send (trailing and doubled slashes, any case).
 */
import { randomUUID } from 'node:crypto';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { BridgeError } from '../errors.ts';
import { answerClientErrors } from './client-error.ts';
import { decodeBody } from './decode-body.ts';
import { parseJsonBody } from './json-body.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
/** No shorter than Node lets a whole request line be: a long id is one that is not there. */
const MAX_PARAM_LENGTH = 16_384;
/** For the request line and the headers, from the beginning of the connection or of the request. */
const HEADERS_MS = 15_000;
/** For a whole request, the body too: 1 MiB over a slow line. */
const REQUEST_MS = 60_000;
/** Between requests: longer than load balancers keep a connection, so that it is always they who close it. */
const KEEP_ALIVE_MS = 75_000;
/** No byte in either direction: longer than the longest work before the first byte, a copy of the feed's whole state. */
const IDLE_SOCKET_MS = 11 * 60_000;
/** How often Node looks for requests that take too long. */
const CHECK_MS = 5_000;
const JSON_TYPES = ['application/json', 'application/scim+json', 'application/hal+json'];

export interface ServerOptions {
  /** Gets one line a request; never a query string, a header or a body. */
  log: FastifyBaseLogger;
  bodyLimitBytes?: number;
  /** Answers a URL that cannot be decoded: no route, and so no scope with its errors, is known for it. */
  answerBadUrl?: (request: FastifyRequest, reply: FastifyReply) => unknown;
  /** The bridge's own limits when not given. */
  limits?: TimeLimits;
}

/** Milliseconds. */
export interface TimeLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly idleSocketMs: number;
  readonly checkMs: number;
}

const LIMITS: TimeLimits = {
  headersMs: HEADERS_MS,
  requestMs: REQUEST_MS,
  keepAliveMs: KEEP_ALIVE_MS,
  idleSocketMs: IDLE_SOCKET_MS,
  checkMs: CHECK_MS,
};

/**
 * An empty Fastify server with the bridge's plumbing. Nothing listens yet.
 * @returns a server whose unknown bodies are 415, whose bodies over the limit (1 MiB) are 413.
 */
export function createServer({
  log,
  bodyLimitBytes = BODY_LIMIT_BYTES,
  answerBadUrl,
  limits = LIMITS,
}: ServerOptions): FastifyInstance {
  const server = fastify({
    loggerInstance: log,
    // The hook below writes the one line; Fastify's own has the query string in it.
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: answerClientErrors(log),
    bodyLimit: bodyLimitBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionTimeout: limits.idleSocketMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.checkMs },
    // A logger for each request would cost more than the line it writes: the lines name the request themselves.
    childLoggerFactory: (logger) => logger,
    genReqId: () => randomUUID(),
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      if (answerBadUrl === undefined) void reply.code(error.statusCode ?? 500).send(error);
      else answerBadUrl(request, reply);
    },
    forceCloseConnections: 'idle',
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      // Some clients write /users. What stands in the place of an id keeps its case.
      caseSensitive: false,
      maxParamLength: MAX_PARAM_LENGTH,
    },
  });

  // Such as no free file descriptor for a connection: without a listener it would end the process.
  server.server.on('error', (error) => {
    // A failure to listen at all is told by whoever starts the server.
    if (server.server.listening) log.error({ err: error }, 'a connection could not be taken');
  });

  // No database keeps a NUL as text: nothing that is asked for can have one.
  server.addHook('onRequest', (request, _reply, done) => {
    const refused = request.url.includes('%00');
    done(refused ? new BridgeError('invalid_value', 'The URL has a NUL character in it.') : undefined);
  });
  // The validator takes 1e309 for a number that is infinite, and then leaves its limits out.
  server.addHook('preHandler', (request, _reply, done) => {
    const name = infiniteIn(request.query);
    const why = `The parameter "${name ?? ''}" is not a number in the range of numbers.`;
    done(name === undefined ? undefined : new BridgeError('invalid_value', why));
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    JSON_TYPES,
    { parseAs: 'buffer' },
    // eslint-disable-next-line @typescript-eslint/require-await -- a throw inside a plain callback would be uncaught
    async (request: FastifyRequest, body: Buffer) => {
      const text = decodeBody(body, request.headers['content-type']);
      return text.trim() === '' ? undefined : parseJsonBody(text);
    },
  );
  // A Content-Type on a request without a body is normal (Okta sends one with DELETE).
  server.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else done(unsupported(request.headers['content-type']), undefined);
  });

  server.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        reqId: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
  return server;
}

/** @returns the name of a parameter whose number is infinite */
function infiniteIn(query: unknown): string | undefined {
  if (typeof query !== 'object' || query === null) return undefined;
  return Object.entries(query).find(([, value]) => typeof value === 'number' && !Number.isFinite(value))?.[0];
}

function unsupported(contentType: string | undefined): BridgeError {
  const got = contentType ?? 'none';
  return new BridgeError(
    'unsupported_media_type',
    `Content-Type ${got} is not supported: send application/scim+json or application/json.`,
  );
}
