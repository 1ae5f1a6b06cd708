/** The feed's routes: read-only, with tokens of their own kind. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import { BridgeError } from '../errors.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import { answerWithProblems } from '../http/problem.ts';
import { POLL_PATH, registerEvents, type EventOptions } from './events/event-routes.ts';
import type { FeedStore } from './feed-store.ts';
import { createLimit } from './limit.ts';
import { registerChanges } from './routes/changes-routes.ts';
import { registerExports } from './routes/export-routes.ts';
import { registerPages } from './routes/page-routes.ts';

export interface FeedOptions {
  readonly store: FeedStore;
  readonly clock: Clock;
  readonly authenticate: Authenticate<TokenHolder>;
  /** Aborted when the bridge stops, so that waiting readers get their response at once. */
  readonly stopping: AbortSignal;
  /** Undefined: events are switched off. */
  readonly events?: EventOptions | undefined;
  /** How long a reader may read nothing before its connection is closed, in milliseconds. Default: one minute. */
  readonly stallMs?: number;
}

const STALL_MS = 60_000;
const MAX_STREAMS = 16;
const MAX_WAITERS = 200;

/** Registers the feed below the prefix of `scope`. */
export function registerFeed(
  scope: FastifyInstance,
  { store, clock, authenticate, stopping, events, stallMs = STALL_MS }: FeedOptions,
): void {
  answerWithProblems(scope);
  const holderOf = requireToken(scope, authenticate);
  scope.addHook('onRequest', (request, reply, done) => {
    // The only route that is not GET. It rejects other methods itself.
    const polls = request.routeOptions.url === scope.prefix + POLL_PATH;
    if (request.method === 'GET' || request.method === 'HEAD' || polls) {
      done();
      return;
    }
    void reply.header('allow', 'GET, HEAD');
    done(new BridgeError('method_not_allowed', 'The feed is read-only. Use GET or HEAD.'));
  });
  if (events !== undefined) {
    registerEvents(scope, { ...events, feed: store, clock, stopping, holderOf });
  }
  const context = {
    store,
    clock,
    stopping,
    stallMs,
    holderOf,
    streams: createLimit(MAX_STREAMS, 'readers of whole snapshots'),
    waiters: createLimit(MAX_WAITERS, 'readers waiting for changes'),
  };
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  registerPages(routes, context);
  registerExports(routes, context);
  registerChanges(routes, context);
}
