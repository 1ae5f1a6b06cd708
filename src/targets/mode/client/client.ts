/**
 * Speaks HTTP with one API of Mode: credentials, deadlines, limits. Knows addresses and JSON, nothing of members.
 * Every way in which a call can fail is a TargetError.
 */
import { Pool } from 'undici';
import { timeLimit, type Clock } from '../../../clock.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import { answerError, type Answer } from './answer-error.ts';
import { parseBounded } from './bounded-json.ts';
import type { CallOrders } from './call-order.ts';
import { quotaOf } from './rate-quota.ts';
import { routeOf } from './route-of.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** As many as there are jobs under way. */
const CONNECTIONS = 32;
/** A list of 100,000 members has about 40 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Only the first words of a failure are of use. */
const MAX_FAILURE_BYTES = 64 * 1024;
const MAX_REDIRECTS = 3;
/** A call that Mode refused because it came too soon is sent this often in all, if the pause is no longer than that. */
const MAX_TRIES = 8;
const PATIENCE_MS = 30_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface Credential {
  readonly token: string;
  readonly secret: string;
}

/** Whom a client talks to, in the words of messages. */
export interface Api {
  readonly name: string;
  /** The setting that says where it is. */
  readonly setting: string;
  /** What is sent and wanted, when a call says nothing else. */
  readonly accept: string;
  readonly contentType: string;
}

const REST: Api = {
  name: 'Mode',
  setting: 'MODE_BASE_URL',
  accept: 'application/hal+json',
  contentType: 'application/json',
};

export interface ClientOptions {
  /** Mode's REST API when not told. */
  readonly api?: Api;
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Of each credential: Mode limits each username by itself. */
  readonly requestsPerSecond: number;
  /** Tells which call goes first when several wait. */
  readonly orders?: CallOrders | undefined;
  /** For the whole of a request, the body too. */
  readonly timeoutMs: number;
  /** When aborted, calls that wait for their turn are given up; those under way go on. */
  readonly closing?: AbortSignal | undefined;
  /** Asked right before each write: false when another bridge may be in this one's place. */
  readonly mayWrite?: (() => boolean) | undefined;
  /** Told of each request; the status is null when no answer came. */
  readonly onCall?: ((call: CallMade) => void) | undefined;
}

export interface CallMade {
  readonly method: string;
  /** A pattern, never a path. */
  readonly route: string;
  readonly status: number | null;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query, from the origin on, e.g. /api/acme/groups?page=1 */
  readonly path: string;
  readonly credential: Credential | { readonly bearer: string };
  readonly body?: object;
  /** The media type that is wanted. */
  readonly accept?: string;
  /** Fails at once when it came too soon, instead of being sent again. */
  readonly once?: true;
}

interface Sent extends Answer {
  /** When it was sent. */
  readonly takenAt: number;
  /** Keeps the rate of the credential that it was sent with. */
  readonly bucket: TokenBucket;
}

export interface Client {
  /** @returns the parsed body of a success; undefined for one without a body. @throws TargetError */
  call(call: Call): Promise<unknown>;
  /** How long a call with the credential would wait for its turn, about. Milliseconds. */
  waitMs(credential: Call['credential']): number;
  /** Calls a second that the credential can keep up, now. */
  rate(credential: Call['credential']): number;
  close(): Promise<void>;
}

export function createClient(options: ClientOptions): Client {
  const { api = REST, baseUrl, clock, requestsPerSecond, timeoutMs } = options;
  const { closing, mayWrite, onCall, orders } = options;
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const buckets = new Map<string, TokenBucket>();

  /** A token that the bridge made with a key has a bucket of its own; a new one takes it over. */
  function bucketOf(credential: Call['credential']): TokenBucket {
    const name = 'bearer' in credential ? 'bearer' : `key ${credential.token}`;
    const bucket = buckets.get(name) ?? createTokenBucket(clock, requestsPerSecond, closing);
    buckets.set(name, bucket);
    return bucket;
  }

  async function send({ method, path, credential, body, accept = api.accept }: Call): Promise<Sent> {
    const bucket = bucketOf(credential);
    const takenAt = await bucket.take(orders?.current);
    if (method !== 'GET' && mayWrite?.() === false) {
      bucket.answered(undefined);
      throw new TargetError(
        'unavailable',
        'Another bridge may have the workspace: nothing is written to Mode.',
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
      // A refusal says how long to wait; what is left is of the second that was too full, not of the whole window.
      if (response.statusCode !== 429) quota = quotaOf(response.headers);
      const text = isSuccess(response.statusCode)
        ? await readText(response.body as AsyncIterable<Buffer>)
        : await readStart(response.body as AsyncIterable<Buffer>);
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

  /** Redirects are followed for reads within Mode's own origin: credentials go nowhere else. */
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
        // Mode has not carried it out. A list that is read page by page would never end if each refusal began it again.
        if (call.once === true || tries === MAX_TRIES || pauseMs > PATIENCE_MS) throw error;
      }
    },
    waitMs: (credential) => bucketOf(credential).waitMs(),
    rate: (credential) => bucketOf(credential).rate,
    // Nobody waits for a call any more when this is called: one that still stands is cut off.
    close: () => pool.destroy(),
  };
}

/** A write may be answered with anything; what is read must be JSON. */
function parse(api: Api, what: string, method: Call['method'], { text }: Answer): unknown {
  if (text.trim() === '' && method !== 'GET') return undefined;
  try {
    return parseBounded(text);
  } catch (error) {
    const tooMuch = error instanceof RangeError;
    // Otherwise it is the page of a login or of a proxy, with the status of a success.
    const why = tooMuch ? `is not read: ${error.message}` : 'is not JSON';
    throw new TargetError(
      'unavailable',
      `${api.name}'s answer to ${what} ${why}: is something else at ${api.setting}?`,
    );
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The rest is not waited for: the connection is closed. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, MAX_FAILURE_BYTES - size));
    size += chunk.length;
    if (size >= MAX_FAILURE_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}

function authorizationOf(credential: Call['credential']): string {
  if ('bearer' in credential) return `Bearer ${credential.bearer}`;
  return `Basic ${Buffer.from(`${credential.token}:${credential.secret}`).toString('base64')}`;
}

/** Without the query, which may carry an address. */
function bare(path: string): string {
  return path.split('?', 1)[0] ?? path;
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = (error as Error & { code?: string }).code;
  return error.message === '' ? (code ?? error.name) : error.message;
}
