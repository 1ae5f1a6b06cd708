/**
 * HTTP client for one API of Mode: credentials, timeouts, size limits and rate limits. It knows paths and JSON, but nothing
 * about members. Every failure is a TargetError.
 */
import { Pool } from 'undici';
import { timeLimit, type Clock } from '../../../clock.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import { answerError, type Answer } from './answer-error.ts';
import { parseBounded } from './bounded-json.ts';
import type { CallPriorities } from './call-priority.ts';
import { quotaOf } from './rate-quota.ts';
import { readBody } from './read-body.ts';
import { routeOf } from './route-of.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** As many as the jobs that run at once. */
const CONNECTIONS = 32;
const MAX_REDIRECTS = 3;
/** Attempts for a call that gets 429, as long as each pause is at most MAX_PAUSE_MS. */
const MAX_TRIES = 8;
const MAX_PAUSE_MS = 30_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface Credential {
  readonly token: string;
  readonly secret: string;
}

/** The API that a client calls. */
export interface Api {
  /** For messages. */
  readonly name: string;
  /** The setting that has its URL. */
  readonly setting: string;
  /** Default media types. */
  readonly accept: string;
  readonly contentType: string;
}

const REST: Api = {
  name: 'Mode',
  setting: 'MODE_BASE_URL (in a configuration file: mode.base_url)',
  accept: 'application/hal+json',
  contentType: 'application/json',
};

export interface ClientOptions {
  /** Default: Mode's REST API. */
  readonly api?: Api;
  readonly baseUrl: string;
  readonly clock: Clock;
  /** For each credential, because Mode limits each username separately. */
  readonly requestsPerSecond: number;
  /** Decides which waiting call goes first. */
  readonly priorities?: CallPriorities | undefined;
  /** For the whole request, including the body. */
  readonly timeoutMs: number;
  /** When aborted, waiting calls fail. Calls that were already sent continue. */
  readonly closing?: AbortSignal | undefined;
  /** Checked right before each write. Returns false when another bridge may have taken over the workspace. */
  readonly mayWrite?: (() => boolean) | undefined;
  /** Called after each request. */
  readonly onCall?: ((call: CallMade) => void) | undefined;
}

export interface CallMade {
  readonly method: string;
  /** A pattern, never a path. */
  readonly route: string;
  /** null when there was no response. */
  readonly status: number | null;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path after the origin, with the query, e.g. /api/acme/groups?page=1 */
  readonly path: string;
  readonly credential: Credential | { readonly bearer: string };
  readonly body?: object;
  /** Value of the Accept header. */
  readonly accept?: string;
  /** Fails at once on a 429 instead of being sent again. */
  readonly once?: true;
}

interface Sent extends Answer {
  /** When the call was sent. */
  readonly takenAt: number;
  /** The bucket of the credential. */
  readonly bucket: TokenBucket;
}

export interface Client {
  /** @returns the parsed body of a success, or undefined without a body @throws TargetError */
  call(call: Call): Promise<unknown>;
  /** Estimated time that a call with the credential would wait, in milliseconds. */
  waitMs(credential: Call['credential']): number;
  /** Calls per second that the credential can sustain now. */
  rate(credential: Call['credential']): number;
  close(): Promise<void>;
}

export function createClient(options: ClientOptions): Client {
  const { api = REST, baseUrl, clock, requestsPerSecond, timeoutMs } = options;
  const { closing, mayWrite, onCall, priorities } = options;
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const buckets = new Map<string, TokenBucket>();

  /** All bearer tokens share one bucket, so that a new signature token continues with the bucket of the last one. */
  function bucketOf(credential: Call['credential']): TokenBucket {
    const name = 'bearer' in credential ? 'bearer' : `key ${credential.token}`;
    const bucket = buckets.get(name) ?? createTokenBucket(clock, requestsPerSecond, closing);
    buckets.set(name, bucket);
    return bucket;
  }

  async function send({ method, path, credential, body, accept = api.accept }: Call): Promise<Sent> {
    const bucket = bucketOf(credential);
    const takenAt = await bucket.take(priorities?.current);
    if (method !== 'GET' && mayWrite?.() === false) {
      bucket.answered(undefined);
      throw new TargetError(
        'unavailable',
        'Another bridge may have taken over the workspace, so nothing is written to Mode.',
      );
    }
    let status: number | null = null;
    let quota: ReturnType<typeof quotaOf>;
    const limit = timeLimit(clock, timeoutMs);
    const { signal } = limit;
    try {
      const response = await pool.request({
        method,
        path,
        signal,
        headers: {
          accept,
          authorization: authorizationOf(credential),
          'user-agent': 'mode-scim-bridge',
          ...(body === undefined ? {} : { 'content-type': api.contentType }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      // A 429 has Retry-After. Its remaining count may be for one second, not for the whole window.
      if (response.statusCode !== 429) quota = quotaOf(response.headers);
      const chunks = response.body as AsyncIterable<Buffer>;
      const text = await readBody(chunks, isSuccess(response.statusCode));
      status = response.statusCode;
      return { status, headers: response.headers, text, takenAt, bucket };
    } catch (error) {
      const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : causeOf(error);
      throw new TargetError(
        'unavailable',
        `${api.name} could not be reached for ${method} ${bare(path)}: ${reason}`,
        { cause: error },
      );
    } finally {
      bucket.answered(quota);
      limit.end();
      onCall?.({ method, route: routeOf(path), status });
    }
  }

  /** Follows redirects only for reads and only within Mode's own origin: credentials are never sent elsewhere. */
  async function follow(call: Call): Promise<Sent> {
    let path = `${prefix}${call.path}`;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const answer = await send({ ...call, path });
      if (!REDIRECTS.has(answer.status)) return answer;
      const location = URL.parse([answer.headers['location']].flat()[0] ?? '', `${origin}${path}`);
      if (call.method !== 'GET' || location?.origin !== origin) break;
      path = location.pathname + location.search;
    }
    throw new TargetError(
      'unavailable',
      `${api.name} redirected ${call.method} ${bare(call.path)} elsewhere: check ${api.setting}.`,
    );
  }

  return {
    call: async (call) => {
      const what = `${call.method} ${bare(call.path)}`;
      for (let tries = 1; ; tries += 1) {
        const answer = await follow(call);
        if (isSuccess(answer.status)) {
          answer.bucket.speedUp();
          return parse(api, what, call.method, answer);
        }
        const error = answerError(api.name, what, answer, clock.now());
        if (error.kind !== 'rate_limited') throw error;
        const pauseMs = answer.bucket.slowDown(answer.takenAt, error.retryAfterMs);
        // Mode did not apply the call, so it is sent again. Otherwise each 429 would restart the read of a paginated list.
        if (call.once === true || tries === MAX_TRIES || pauseMs > MAX_PAUSE_MS) throw error;
      }
    },
    waitMs: (credential) => bucketOf(credential).waitMs(),
    rate: (credential) => bucketOf(credential).rate,
    // Nobody waits for calls any more. Open ones are cut off.
    close: () => pool.destroy(),
  };
}

/** The response to a write may be empty; the response to a read must be JSON. */
function parse(api: Api, what: string, method: Call['method'], { text }: Answer): unknown {
  if (text.trim() === '' && method !== 'GET') return undefined;
  try {
    return parseBounded(text);
  } catch (error) {
    const tooMuch = error instanceof RangeError;
    // Otherwise it is probably the login page of Mode or a proxy, sent with status 200.
    const why = tooMuch ? `is not parsed: ${error.message}` : 'is not JSON';
    throw new TargetError(
      'unavailable',
      `${api.name}'s response to ${what} ${why}. Check that ${api.setting} is right.`,
    );
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

function authorizationOf(credential: Call['credential']): string {
  if ('bearer' in credential) return `Bearer ${credential.bearer}`;
  return `Basic ${Buffer.from(`${credential.token}:${credential.secret}`).toString('base64')}`;
}

/** Removes the query, which may contain an e-mail address. */
function bare(path: string): string {
  return path.split('?', 1)[0] ?? path;
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = (error as Error & { code?: string }).code;
  return error.message === '' ? (code ?? error.name) : error.message;
}
