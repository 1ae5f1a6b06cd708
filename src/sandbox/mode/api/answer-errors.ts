/** Responses to errors and unknown paths, in the format that the quirks of the call's workspace set. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../../errors.ts';
import { asBridgeError } from '../../../http/problem.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError, idOfStatus, internalError, shapeError } from './api-error.ts';
import type { Quirks } from '../behaviour/quirks.ts';

/** Statuses of errors raised before Mode's own rules apply. All others are 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  payload_too_large: 413,
  forbidden: 403,
  unsupported_media_type: 415,
};

/** @param workspaceOf finds the workspace of a call */
export function answerErrors(
  scope: FastifyInstance,
  workspaceOf: (request: FastifyRequest) => ApiContext,
): void {
  const send = (request: FastifyRequest, reply: FastifyReply, error: unknown) =>
    sendError(reply, workspaceOf(request).simulation.settings().quirks, error);
  scope.setErrorHandler((error, request, reply) => send(request, reply, error));
  scope.setNotFoundHandler((request, reply) =>
    send(request, reply, new ApiError(404, { id: 'not_found', message: 'Not found' })),
  );
}

function sendError(reply: FastifyReply, quirks: Quirks, error: unknown): FastifyReply {
  if (error instanceof ApiError) {
    const { status, body } = shapeError(error, quirks);
    const isEmpty = status === 404 && quirks.not_found === 'empty';
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
