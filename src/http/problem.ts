/** Maps errors of the feed and the admin API to problem+json (RFC 9457) with a code. One table. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { BridgeError, type ErrorCode } from '../errors.ts';

const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid_syntax: 400,
  invalid_value: 400,
  invalid_filter: 400,
  invalid_path: 400,
  no_target: 400,
  too_many: 400,
  mutability: 400,
  invalid_cursor: 400,
  invalid_count: 400,
  cursor_expired: 410,
  snapshot_expired: 410,
  unknown_format: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  precondition_failed: 412,
  method_not_allowed: 405,
  uniqueness: 409,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  invalid_config: 500,
  not_implemented: 501,
  unavailable: 503,
};

const RETRY_AFTER_SECONDS = '5';

/** Turns every error of the routes registered on `scope` into problem+json. */
export function answerWithProblems(scope: FastifyInstance): void {
  scope.setErrorHandler((error, request, reply) => {
    const known = asBridgeError(error);
    if (known.code === 'internal') request.log.error({ reqId: request.id, err: error }, 'unexpected');
    return sendProblem(reply, known);
  });
  scope.setNotFoundHandler((_request, reply) => {
    return sendProblem(reply, new BridgeError('not_found', 'There is no route with this URL.'));
  });
}

/** Sends `error` as problem+json. @param more further members for programs */
export function sendProblem(
  reply: FastifyReply,
  error: BridgeError,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const status = STATUS[error.code];
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  if (status === 500 || status === 503 || status === 429)
    void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title: error.code,
      status,
      code: error.code,
      detail: error.message,
      ...more,
    });
}

/** Converts Fastify's own errors. Anything else is a fault of the bridge, and its cause is not sent to the client. */
export function asBridgeError(error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  if (!(error instanceof Error)) return internal();
  const { code, statusCode } = error as Error & { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new BridgeError(
      'payload_too_large',
      'The body is too large for this endpoint. Send a smaller body.',
    );
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new BridgeError('unsupported_media_type', 'Send application/scim+json or application/json.');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new BridgeError('invalid_value', error.message);
  }
  return internal();
}

function internal(): BridgeError {
  return new BridgeError(
    'internal',
    'The bridge failed. Try again. Its log has the request id and the cause.',
  );
}
