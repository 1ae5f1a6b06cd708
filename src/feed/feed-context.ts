/** What the feed's routes work with. */
import type { FastifyInstance, FastifyRequest, FastifyBaseLogger, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Clock } from '../clock.ts';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import type { Limit } from './limit.ts';
import type { FeedStore } from './feed-store.ts';

export interface FeedContext {
  readonly store: FeedStore;
  readonly clock: Clock;
  /** Aborted when the bridge stops: waiting readers are answered at once. */
  readonly stopping: AbortSignal;
  /** After how long a reader that takes nothing is cut off. Milliseconds. */
  readonly stallMs: number;
  readonly holderOf: (request: FastifyRequest) => TokenHolder;
  /** Readers of whole snapshots at once. */
  readonly streams: Limit;
  /** Readers that wait for changes at once. */
  readonly waiters: Limit;
}

export type FeedScope = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
