/** Errors of the simulated Mode: `{id, message}`, or for a failed validation an object of messages by field. */
import type { Quirks } from '../behaviour/quirks.ts';

interface ErrorBody {
  readonly id?: string;
  readonly message: string | Readonly<Record<string, readonly string[]>>;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(typeof body.message === 'string' ? body.message : JSON.stringify(body.message));
    this.status = status;
    this.body = body;
  }
}

/** @param where such as " for Workspace" */
export const notFound = (what: string, where = ''): ApiError =>
  new ApiError(404, { id: 'not_found', message: `${what} not found${where}` });

/** Mode's error ids by status. */
const ID_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  429: 'rate_limited',
  500: 'internal_server_error',
  503: 'service_unavailable',
};

/** @returns Mode's error id for a status; for an undocumented status, the general 4xx or 5xx id */
export function idOfStatus(status: number): string {
  return ID_OF_STATUS[status] ?? (status < 500 ? 'bad_request' : 'internal_server_error');
}

export const internalError = (): ApiError =>
  new ApiError(500, { id: idOfStatus(500), message: 'Internal server error' });

export const rateLimited = (): ApiError =>
  new ApiError(429, { id: idOfStatus(429), message: 'Too many requests' });

export const unauthorized = (message = 'Invalid credentials'): ApiError =>
  new ApiError(401, { id: 'unauthorized', message });

export const forbidden = (message: string): ApiError => new ApiError(403, { id: 'forbidden', message });

export const badRequest = (message: string, id = 'bad_request'): ApiError =>
  new ApiError(400, { id, message });

/** A validation failure: 422 with messages by field, in the format of Rails. */
export const unprocessable = (field: string, message: string): ApiError =>
  new ApiError(422, { message: { [field]: [message] } });

/** The error for a status that a quirk sets. */
export function refusal(status: 400 | 401 | 403 | 404 | 422, field: string, message: string): ApiError {
  switch (status) {
    case 400:
      return badRequest(`${field} ${message}`);
    case 401:
      return unauthorized(`${field} ${message}`);
    case 403:
      return forbidden(`${field} ${message}`);
    case 404:
      return notFound(field);
    case 422:
      return unprocessable(field, message);
  }
}

/** Applies the quirk `errors`: with `documented`, a 422 becomes a 400, because Mode does not document 422. */
export function shapeError(error: ApiError, { errors }: Quirks): ApiError {
  return errors === 'documented' && error.status === 422 ? badRequest(flat(error.body.message)) : error;
}

function flat(message: ErrorBody['message']): string {
  if (typeof message === 'string') return message;
  return Object.entries(message)
    .map(([field, problems]) => `${field} ${problems.join(', ')}`)
    .join('; ');
}
