/** What the simulated Mode refuses with: `{id, message}`, or a validation's message object. */
import type { Quirks } from './quirks.ts';

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

export const notFound = (what: string): ApiError =>
  new ApiError(404, { id: 'not_found', message: `${what} not found` });

export const unauthorized = (message = 'Invalid credentials'): ApiError =>
  new ApiError(401, { id: 'unauthorized', message });

export const forbidden = (message: string): ApiError => new ApiError(403, { id: 'forbidden', message });

export const badRequest = (message: string, id = 'bad_request'): ApiError =>
  new ApiError(400, { id, message });

/** A validation failure: 422, the messages by field, as Rails gives them. */
export const unprocessable = (field: string, message: string): ApiError =>
  new ApiError(422, { message: { [field]: [message] } });

/** What a switch says about how something is refused. */
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

/** As the switches have it: as seen, or with documented statuses and ids only. */
export function shapeError(error: ApiError, { errors }: Quirks): ApiError {
  if (errors === 'seen') return error;
  if (error.status === 422) return badRequest(flat(error.body.message));
  return error.body.id === 'param_missing' ? badRequest(error.message) : error;
}

function flat(message: ErrorBody['message']): string {
  if (typeof message === 'string') return message;
  return Object.entries(message)
    .map(([field, problems]) => `${field} ${problems.join(', ')}`)
    .join('; ');
}
