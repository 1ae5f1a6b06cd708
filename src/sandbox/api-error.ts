/** What the simulated Mode refuses with: `{id, message}`, or a validation's message object. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: {
    readonly id?: string;
    readonly message: string | Readonly<Record<string, readonly string[]>>;
  };

  constructor(status: number, body: ApiError['body']) {
    super(typeof body.message === 'string' ? body.message : JSON.stringify(body.message));
    this.status = status;
    this.body = body;
  }
}

export const notFound = (what: string): ApiError =>
  new ApiError(404, { id: 'not_found', message: `${what} not found` });

export const unauthorized = (): ApiError =>
  new ApiError(401, { id: 'unauthorized', message: 'Invalid credentials' });

export const forbidden = (message: string): ApiError => new ApiError(403, { id: 'forbidden', message });

export const badRequest = (message: string, id = 'bad_request'): ApiError =>
  new ApiError(400, { id, message });

/** A validation failure: 422, the messages by field, as Rails gives them. */
export const unprocessable = (field: string, message: string): ApiError =>
  new ApiError(422, { message: { [field]: [message] } });
