/** Drives one server with one kind of work and tells how many requests a second it answered. */
import autocannon from 'autocannon';
import { TOKEN } from './scale.ts';

export interface Work {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Of the `n`th request of all. */
  readonly path: (n: number) => string;
  readonly body?: (n: number) => object;
}

/** For a time, or for a number of requests where one takes seconds. */
export type Load = { readonly connections: number } & (
  { readonly seconds: number } | { readonly requests: number }
);

const TIMEOUT_SECONDS = 300;

/** @returns answers a second @throws when an answer is an error: what is refused is quick to do */
export async function drive(url: string, work: Work, load: Load): Promise<number> {
  let sent = 0;
  const { pathname } = new URL(url);
  const result = await autocannon({
    url,
    connections: load.connections,
    ...('seconds' in load ? { duration: load.seconds } : { amount: load.requests }),
    timeout: TIMEOUT_SECONDS,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' },
    requests: [
      {
        method: work.method,
        setupRequest: (request) => {
          const n = sent;
          sent += 1;
          const body = work.body === undefined ? {} : { body: JSON.stringify(work.body(n)) };
          return { ...request, path: pathname + work.path(n), ...body };
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    const statuses = JSON.stringify(result.statusCodeStats);
    throw new Error(`${work.method} ${work.path(0)} at ${url}: ${result.errors} errors, answers ${statuses}`);
  }
  return result['2xx'] / result.duration;
}
