/** The dependencies of the feed's routes. */
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
  /** Aborted when the bridge stops, so that waiting readers get their response at once. */
  readonly stopping: AbortSignal;
  /** How long a reader may read nothing before its connection is closed, in milliseconds. */
  readonly stallMs: number;
  readonly holderOf: (request: FastifyRequest) => TokenHolder;
  /** Limits concurrent readers of whole snapshots. */
  readonly streams: Limit;
  /** Limits concurrent readers that wait for changes. */
  readonly waiters: Limit;
}

export type FeedScope = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
