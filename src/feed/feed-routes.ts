/** The feed's addresses: read-only, with a token kind of its own. */
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
  /** Aborted when the bridge stops: waiting readers are answered at once. */
  readonly stopping: AbortSignal;
  /** Undefined: no events are told. */
  readonly events?: EventOptions | undefined;
  /** After how long a reader that takes nothing is cut off. Milliseconds; a minute when not given. */
  readonly stallMs?: number;
}

const STALL_MS = 60_000;
const MAX_STREAMS = 16;
const MAX_WAITERS = 200;

/** Registers the feed below the prefix that `scope` has. */
export function registerFeed(
  scope: FastifyInstance,
  { store, clock, authenticate, stopping, events, stallMs = STALL_MS }: FeedOptions,
): void {
  answerWithProblems(scope);
  const holderOf = requireToken(scope, authenticate);
  scope.addHook('onRequest', (request, reply, done) => {
    // The one address that is no GET; it answers the other methods itself.
    const polls = request.routeOptions.url === scope.prefix + POLL_PATH;
    if (request.method === 'GET' || request.method === 'HEAD' || polls) {
      done();
      return;
    }
    void reply.header('allow', 'GET, HEAD');
    done(new BridgeError('method_not_allowed', 'The feed is read-only: use GET or HEAD.'));
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
