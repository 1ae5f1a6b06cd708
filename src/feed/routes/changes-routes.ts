/** Changes after a position: as one response that waits for changes, or as a stream of events (text/event-stream). */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MAX_CHANGES, MAX_WAIT_SECONDS, readChanges, readCursor, type ReadChanges } from '../changes.ts';
import type { FeedContext, FeedScope } from '../feed-context.ts';
import { watchReader } from '../watch-reader.ts';
import { instant, wireAccount, wireGrant, wireGroup, wireResource } from '../wire.ts';
import { ChangesPage, EVENTS } from '../wire-schema.ts';
import type { FeedChange } from '../feed-change.ts';
import { sentences, type Reason } from '../../provisioning/reason/reason.ts';

const ChangesQuery = Type.Object({
  after: Type.Optional(
    Type.String({ description: 'The cursor: "position" of a snapshot, or "next" of an earlier response' }),
  ),
  limit: Type.Integer({ minimum: 1, maximum: MAX_CHANGES, default: 500 }),
  wait: Type.Integer({
    minimum: 0,
    maximum: MAX_WAIT_SECONDS,
    default: MAX_WAIT_SECONDS,
    description: 'Seconds to wait if there are no changes',
  }),
});

/** How often a comment is sent while there are no changes, to show that the connection is alive. */
const HEARTBEAT_MS = 15_000;
/** The maximum duration of a stream. Then the reader must reconnect with a token that is still valid. */
const MAX_EVENTS_MS = 10 * 60_000;
/** How long a reader waits before it reconnects. */
const RETRY_MS = 3_000;

export function registerChanges(scope: FeedScope, context: FeedContext): void {
  scope.get(
    '/changes',
    {
      config: { docs: { refuses: [410, 429] } },
      schema: {
        tags: ['feed'],
        operationId: 'readChanges',
        summary:
          'The changes after a position in commit order. Waits if there are none. With "Accept: text/event-stream", a stream of events whose ids are positions',
        querystring: ChangesQuery,
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({
              description: 'The position at which a stream continues. It takes precedence over "after"',
            }),
          ),
        }),
        response: {
          200: {
            description: 'Changes, or a stream of events',
            content: {
              'application/json': { schema: ChangesPage },
              'text/event-stream': { schema: EVENTS },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { store, clock, holderOf, stopping, waiters } = context;
      const { workspace } = holderOf(request);
      const { after: cursor, limit, wait } = request.query;
      if (wantsEvents(request)) return sendEvents(context, request, reply);
      const after = await readCursor(store, workspace, cursor);
      const waitMs = request.method === 'HEAD' ? 0 : wait * 1_000;
      const gone = AbortSignal.any([stopping, request.signal]);
      const leave = waitMs > 0 ? waiters.enter() : () => undefined;
      try {
        return wireChanges(await readChanges(store, clock, { workspace, after, limit, waitMs }, gone));
      } finally {
        leave();
      }
    },
  );
}

function wantsEvents(request: FastifyRequest): boolean {
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(request.headers.accept ?? '');
}

async function sendEvents(context: FeedContext, request: FastifyRequest, reply: FastifyReply) {
  const { store, holderOf, waiters } = context;
  const { workspace } = holderOf(request);
  const { after: cursor } = request.query as { after?: string };
  const last = request.headers['last-event-id'];
  const after = await readCursor(store, workspace, typeof last === 'string' && last !== '' ? last : cursor);
  void reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no');
  if (request.method === 'HEAD') return reply.send();
  const leave = waiters.enter();
  const stream = Readable.from(events(context, request, workspace, after), { objectMode: false });
  watchReader(request, reply, { stream, stallMs: context.stallMs, onEnd: leave });
  return reply.send(stream);
}

/** Each page is read after the previous one was sent, so a stalled reader holds one page in memory. */
async function* events(
  { store, clock, stopping }: FeedContext,
  request: FastifyRequest,
  workspace: string,
  from: number,
): AsyncGenerator<string> {
  const gone = AbortSignal.any([stopping, request.signal]);
  const { limit } = request.query as { limit: number };
  const until = clock.monotonic() + MAX_EVENTS_MS;
  let after = from;
  yield `retry: ${RETRY_MS}\n\n`;
  while (!gone.aborted && clock.monotonic() < until) {
    const asked = { workspace, after, limit, waitMs: HEARTBEAT_MS };
    const read = await readChanges(store, clock, asked, gone);
    after = read.next;
    yield read.changes.length === 0
      ? ': still here\n\n'
      : `id: ${after}\nevent: changes\ndata: ${JSON.stringify(wireChanges(read))}\n\n`;
  }
}

function wireChanges({ changes, accounts, groups, resources, grants, tombstones, next, more }: ReadChanges) {
  return {
    changes: changes.map(wireChange),
    accounts: accounts.map(wireAccount),
    groups: groups.map(wireGroup),
    resources: resources.map(wireResource),
    grants: grants.map(wireGrant),
    tombstones: [...tombstones],
    next: String(next),
    more,
  };
}

/** An entry of the log, with reasons as sentences and as codes. */
function wireChange(change: FeedChange) {
  const { position, at, kind, subject } = change;
  const entry = { position: String(position), at: instant(at), kind, subject };
  if (change.kind !== 'delivery.changed') return { ...entry, data: { ...change.data } };
  const { state, reasons } = change.data;
  const codes = reasons.map(({ code }) => code);
  return { ...entry, data: { state, reason: sentences(reasons as readonly Reason[]), codes } };
}
