/** A few words of SCIM, for tests that say more than a recording can. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** @param token undefined: no Authorization header at all */
export function client(base: string, token: string | undefined): Call {
  return async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  };
}

/** The body of a POST that creates a person. */
export function person(email: string, more: object = {}): object {
  return { userName: email, emails: [{ value: email, type: 'work', primary: true }], active: true, ...more };
}
