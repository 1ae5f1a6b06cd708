/** Sends notices to a webhook. The address is checked when it is connected to, so no answer of DNS leads elsewhere. */
import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { timeLimit, type Clock } from '../clock.ts';
import type { Notice } from './notice.ts';
import { isPublicAddress } from './public-address.ts';
import { signWebhook } from './sign-webhook.ts';

const TIMEOUT_MS = 10_000;
/** How much of the webhook's answer is kept for operators. Characters. */
const MAX_ANSWER = 200;
const MAX_ANSWER_BYTES = 16 * 1024;

export interface Delivered {
  readonly isDelivered: boolean;
  /** What the webhook answered, or why it was not reached. */
  readonly answer: string;
}

export interface Webhook {
  /** Never rejects, and takes at most ten seconds; less when the signal is aborted. */
  send(
    notice: Pick<Notice, 'id' | 'kind' | 'text' | 'data' | 'workspace' | 'createdAt'>,
    signal?: AbortSignal,
  ): Promise<Delivered>;
  close(): Promise<void>;
}

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string;
  /** Whether the webhook may be on this machine or in a private network. */
  readonly allowPrivate: boolean;
  readonly clock: Clock;
  /** Default: the resolver of the operating system. */
  readonly resolve?: typeof lookup;
}

const REFUSED =
  'The address of the webhook is private or of this machine. Set BRIDGE_NOTIFY_ALLOW_PRIVATE=true if that is right.';

export function createWebhook(options: WebhookOptions): Webhook {
  const { url, secret, allowPrivate, clock, resolve = lookup } = options;
  const connect = allowPrivate ? {} : { lookup: checkedLookup(resolve) };
  const dispatcher = new Agent({ connect, connections: 1 });
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const isRefused = !allowPrivate && isIP(host) !== 0 && !isPublicAddress(host);

  return {
    send: async ({ id, kind, text, data, workspace, createdAt }, signal) => {
      // No look-up is made for an address.
      if (isRefused) return { isDelivered: false, answer: REFUSED };
      const timestamp = new Date(createdAt).toISOString();
      const body = JSON.stringify({ type: kind, timestamp, text, data: { workspace, ...data } });
      const headers = {
        'content-type': 'application/json',
        ...signWebhook(secret, { id, at: clock.now(), body }),
      };
      const limit = timeLimit(clock, TIMEOUT_MS);
      const ends = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
      try {
        // Redirects are not followed: the answer is 3xx then.
        const call = { method: 'POST', headers, body, dispatcher, signal: ends } as const;
        const answer = await request(url, call);
        const said = await beginning(answer.body);
        const isDelivered = answer.statusCode >= 200 && answer.statusCode < 300;
        return { isDelivered, answer: `${answer.statusCode} ${said}`.trim() };
      } catch (error) {
        return {
          isDelivered: false,
          answer: limit.signal.aborted ? 'no answer within 10 seconds' : why(error),
        };
      } finally {
        limit.end();
      }
    },
    close: () => dispatcher.close(),
  };
}

/** Every address of the name must be public, because the connection may use any of them. */
function checkedLookup(resolve: typeof lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => !isPublicAddress(address)))
        callback(new Error(REFUSED), '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MAX_ANSWER_BYTES) break;
  }
  const text = Buffer.concat(pieces).toString('utf8').replace(/\s+/g, ' ');
  return text.slice(0, MAX_ANSWER).trim();
}

/** Without the URL, which is a secret with some services. */
function why(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be reached';
  const { code } = error as { code?: unknown };
  return error.message === REFUSED
    ? REFUSED
    : `it could not be reached: ${typeof code === 'string' ? code : error.name}`;
}
