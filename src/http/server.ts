/**
 * The common base of every HTTP server of the bridge: untrusted JSON, one log line per request, request ids, and tolerance
 * for the URLs that clients send (trailing and doubled slashes, any case).
 */
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
} from 'fastify';
import { BridgeError } from '../errors.ts';
import { answerClientErrors } from './client-error.ts';
import { decodableUrl } from './decodable-url.ts';
import { decodeBody } from './decode-body.ts';
import { parseJsonBody } from './json-body.ts';
import { systemRandom, type Random } from '../random.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
/** As long as Node allows for a whole request line, so that an id that is too long gets a 404. */
const MAX_PARAM_LENGTH = 16_384;
/** Time for the request line and the headers, from the start of the connection or of the request. */
const HEADERS_MS = 15_000;
/** Time for a whole request including the body: 1 MiB over a slow connection. */
const REQUEST_MS = 60_000;
/** Time between requests: longer than load balancers keep a connection, so that always the load balancer closes it. */
const KEEP_ALIVE_MS = 75_000;
/** Time without a byte in either direction: longer than the longest work before the first byte, a full feed snapshot. */
const IDLE_SOCKET_MS = 11 * 60_000;
/** How often Node checks for requests that take too long. */
const CHECK_MS = 5_000;
const JSON_TYPES = ['application/json', 'application/scim+json', 'application/hal+json'];

export interface ServerOptions {
  /** For the ids of requests. */
  readonly random?: Random;
  /** Gets one line per request, without the query string, headers and body. */
  log: FastifyBaseLogger;
  bodyLimitBytes?: number;
  /** Default: the limits above. */
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
 * Creates a Fastify server without routes. It does not listen yet.
 * @returns a server that returns 415 for unknown body types and for compressed bodies, and 413 for bodies over the limit (1 MiB)
 */
export function createServer({
  log,
  bodyLimitBytes = BODY_LIMIT_BYTES,
  limits = LIMITS,
  random = systemRandom,
}: ServerOptions): FastifyInstance {
  const server = fastify({
    loggerInstance: log,
    // The hook below writes the log line. Fastify's own line includes the query string.
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: answerClientErrors(log),
    bodyLimit: bodyLimitBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionTimeout: limits.idleSocketMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.checkMs },
    // A logger per request would cost more than the line it writes. The lines have the request id instead.
    childLoggerFactory: (logger) => logger,
    genReqId: () => random.id(),
    // Otherwise Fastify answers a path that cannot be decoded itself, without authentication, hooks or the scope's error format.
    rewriteUrl: ({ url = '/' }) => decodableUrl(url),
    forceCloseConnections: 'idle',
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      // Some clients send /users. Ids keep their case.
      caseSensitive: false,
      maxParamLength: MAX_PARAM_LENGTH,
    },
  });

  // For example, there is no file descriptor for a new connection. Without a listener, the error would end the process.
  server.server.on('error', (error) => {
    // A failure to start listening is reported by the caller of listen().
    if (server.server.listening) log.error({ err: error }, 'could not accept a connection');
  });

  // Databases cannot store a NUL as text, so no resource can have one.
  server.addHook('onRequest', (request, _reply, done) => {
    const hasNul = request.url.includes('%00');
    done(hasNul ? new BridgeError('invalid_value', 'The URL contains a NUL character.') : undefined);
  });
  server.addHook('preHandler', (request, _reply, done) => {
    const detail = 'The URL has a percent sign that begins no escape of UTF-8: write it as %25.';
    done(request.url === request.originalUrl ? undefined : new BridgeError('invalid_value', detail));
  });
  // The validator reads 1e309 as infinity, and then skips the limits of the parameter.
  server.addHook('preHandler', (request, _reply, done) => {
    const name = infiniteIn(request.query);
    const detail = `The parameter "${name ?? ''}" is outside the range of numbers.`;
    done(name === undefined ? undefined : new BridgeError('invalid_value', detail));
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    JSON_TYPES,
    { parseAs: 'buffer' },
    // eslint-disable-next-line @typescript-eslint/require-await -- a throw inside a plain callback would be uncaught
    async (request: FastifyRequest, body: Buffer) => {
      assertNotEncoded(request.headers['content-encoding']);
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
        path: request.originalUrl.split('?', 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
  return server;
}

/** @returns the name of a parameter that is an infinite number */
function infiniteIn(query: unknown): string | undefined {
  if (typeof query !== 'object' || query === null) return undefined;
  return Object.entries(query).find(([, value]) => typeof value === 'number' && !Number.isFinite(value))?.[0];
}

/** @throws BridgeError unsupported_media_type for a compressed body */
function assertNotEncoded(encoding: string | undefined): void {
  if (['', 'identity'].includes((encoding ?? '').trim().toLowerCase())) return;
  throw new BridgeError(
    'unsupported_media_type',
    'The header Content-Encoding says that the body is compressed, which is not supported. Send the body without compression.',
  );
}

function unsupported(contentType: string | undefined): BridgeError {
  const got = contentType ?? 'none';
  return new BridgeError(
    'unsupported_media_type',
    `Content-Type ${got} is not supported: send application/scim+json or application/json.`,
  );
}
