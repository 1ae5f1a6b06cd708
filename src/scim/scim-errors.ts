/** Maps errors to SCIM error responses (RFC 7644 section 3.12). One table. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ScimType } from '../directory/requests/logged-request.ts';
import { BridgeError, type ErrorCode } from '../errors.ts';
import { asBridgeError } from '../http/problem.ts';
import { mediaTypeFor } from './media-type.ts';
import { ERROR } from './schema/urns.ts';

interface ScimError {
  readonly status: number;
  readonly scimType?: ScimType;
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
  conflict: { status: 409 },
  unauthorized: { status: 401 },
  forbidden: { status: 403 },
  not_found: { status: 404 },
  precondition_failed: { status: 412 },
  method_not_allowed: { status: 405 },
  payload_too_large: { status: 413 },
  unsupported_media_type: { status: 415 },
  rate_limited: { status: 429 },
  not_implemented: { status: 501 },
  unavailable: { status: 503 },
  invalid_cursor: { status: 400, scimType: 'invalidCursor' },
  invalid_count: { status: 400, scimType: 'invalidCount' },
  cursor_expired: { status: 400, scimType: 'expiredCursor' },
  snapshot_expired: { status: 410 },
  unknown_format: { status: 400 },
  // An IdP reads 404 as "this user does not exist", so a fault of the bridge is never a 404.
  invalid_config: { status: 500 },
  internal: { status: 500 },
};

const RETRY_AFTER_SECONDS = '5';

/** Turns every error of the routes registered on `scope` into a SCIM error. */
export function answerWithScimErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error, request, reply) => {
    const known = asBridgeError(error);
    if (known.code === 'internal') request.log.error({ reqId: request.id, err: error }, 'unexpected');
    return sendScimError(reply, known);
  });
  scope.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    return sendScimError(reply, new BridgeError('not_found', `There is no route ${request.method} ${path}.`));
  });
}

/** @returns undefined for an error that has none */
export function scimTypeOf({ code }: BridgeError): ScimType | undefined {
  return TABLE[code].scimType;
}

/** The status and body of a SCIM error. */
export function scimError({ code, message }: BridgeError): { status: number; body: object } {
  const { status, scimType } = TABLE[code];
  const type = scimType === undefined ? {} : { scimType };
  return { status, body: { schemas: [ERROR], status: String(status), ...type, detail: message } };
}

/** Sends `error` as a SCIM error. */
function sendScimError(reply: FastifyReply, error: BridgeError): FastifyReply {
  const { status, body } = scimError(error);
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="scim"');
  if (status === 500 || status === 503 || status === 429)
    void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.code(status).type(mediaTypeFor(reply.request)).send(JSON.stringify(body));
}
