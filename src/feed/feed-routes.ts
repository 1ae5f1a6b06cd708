/** The feed's addresses: read-only, with a token kind of its own. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Clock } from '../clock.ts';
import type { TokenHolder } from '../directory/token-holder.ts';
import { BridgeError } from '../errors.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import { answerWithProblems } from '../http/problem.ts';
import { Changes, MAX_CHANGES, MAX_WAIT_SECONDS, readChanges, readCursor } from './changes.ts';
import { POLL_PATH, registerEvents, type EventOptions } from './events/event-routes.ts';
import type { FeedStore } from './feed-store.ts';
import { renderSnapshot, Snapshot } from './snapshot.ts';

export interface FeedOptions {
  readonly store: FeedStore;
  readonly clock: Clock;
  readonly authenticate: Authenticate<TokenHolder>;
  /** Aborted when the bridge stops: waiting readers are answered at once. */
  readonly stopping: AbortSignal;
  /** Undefined: no events are told. */
  readonly events?: EventOptions | undefined;
}

const ChangesQuery = Type.Object({
  after: Type.Optional(Type.String({ description: 'The cursor: "position" of a snapshot, or "next"' })),
  limit: Type.Integer({ minimum: 1, maximum: MAX_CHANGES, default: 500 }),
  wait: Type.Integer({
    minimum: 0,
    maximum: MAX_WAIT_SECONDS,
    default: MAX_WAIT_SECONDS,
    description: 'Seconds to wait for a change when there is none',
  }),
});

/** Registers the feed below the prefix that `scope` has. */
export function registerFeed(
  scope: FastifyInstance,
  { store, clock, authenticate, stopping, events }: FeedOptions,
): void {
  answerWithProblems(scope);
  const connectionOf = requireToken(scope, authenticate);
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
    registerEvents(scope, { ...events, feed: store, clock, stopping, holderOf: connectionOf });
  }
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/snapshot',
    {
      schema: {
        tags: ['feed'],
        summary: 'Everything at once: accounts, groups, roles, entitlements and grants',
        response: { 200: Snapshot },
      },
    },
    async (request) => {
      const { workspace } = connectionOf(request);
      return renderSnapshot(workspace, await store.snapshot(workspace), clock.now());
    },
  );

  routes.get(
    '/changes',
    {
      schema: {
        tags: ['feed'],
        summary: 'What has changed after a position, in order of commit; waits when nothing has',
        querystring: ChangesQuery,
        response: { 200: Changes },
      },
    },
    async (request) => {
      const { workspace } = connectionOf(request);
      const { after: cursor, limit, wait } = request.query;
      const after = await readCursor(store, workspace, cursor);
      const waitMs = request.method === 'HEAD' ? 0 : wait * 1_000;
      const gone = AbortSignal.any([stopping, request.signal]);
      return readChanges(store, clock, { workspace, after, limit, waitMs }, gone);
    },
  );
}
