/** Errors as SCIM tells them (RFC 7644 section 3.12). One table. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { BridgeError, type ErrorCode } from '../errors.ts';
import { asBridgeError } from '../http/problem.ts';
import { ERROR } from './schema/urns.ts';

interface ScimError {
  readonly status: number;
  readonly scimType?: string;
}

const TABLE: Readonly<Record<ErrorCode, ScimError>> = {
  invalid_syntax: { status: 400, scimType: 'invalidSyntax' },
  invalid_value: { status: 400, scimType: 'invalidValue' },
  invalid_filter: { status: 400, scimType: 'invalidFilter' },
  invalid_path: { status: 400, scimType: 'invalidPath' },
  no_target: { status: 400, scimType: 'noTarget' },
  too_many: { status: 400, scimType: 'tooMany' },
  mutability: { status: 400, scimType: 'mutability' },
  uniqueness: { status: 409, scimType: 'uniqueness' },
  unauthorized: { status: 401 },
  forbidden: { status: 403 },
  not_found: { status: 404 },
  method_not_allowed: { status: 405 },
  payload_too_large: { status: 413 },
  unsupported_media_type: { status: 415 },
  rate_limited: { status: 429 },
  not_implemented: { status: 501 },
  unavailable: { status: 503 },
  cursor_expired: { status: 400, scimType: 'expiredCursor' },
  // An IdP reads 404 as "this user does not exist", so a fault of ours is never that.
  invalid_config: { status: 500 },
  internal: { status: 500 },
};

const RETRY_AFTER_SECONDS = '5';
export const SCIM_JSON = 'application/scim+json; charset=utf-8';

/** Every error of the routes registered on `scope` becomes a SCIM error. */
export function answerWithScimErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error, request, reply) => {
    const known = asBridgeError(error);
    if (known.code === 'internal') request.log.error({ err: error }, 'unexpected');
    return sendError(reply, known);
  });
  scope.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const what = `${request.method} ${path}`;
    if (/\/(me|bulk)$/i.test(path))
      return sendError(reply, new BridgeError('not_implemented', `${what} is not supported.`));
    return sendError(reply, new BridgeError('not_found', `There is nothing at ${what}.`));
  });
}

function sendError(reply: FastifyReply, { code, message }: BridgeError): FastifyReply {
  const { status, scimType } = TABLE[code];
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="scim"');
  if (status >= 500 || status === 429) void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply
    .code(status)
    .type(SCIM_JSON)
    .send({
      schemas: [ERROR],
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: message,
    });
}
