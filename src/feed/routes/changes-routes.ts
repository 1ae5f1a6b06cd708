/** Changes after a position: as an answer that waits for them, or as events (text/event-stream). */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MAX_CHANGES, MAX_WAIT_SECONDS, readChanges, readCursor, type ReadChanges } from '../changes.ts';
import type { FeedContext, FeedScope } from '../feed-context.ts';
import { watchReader } from '../watch-reader.ts';
import { instant, wireAccount, wireGrant, wireGroup, wireResource } from '../wire.ts';
import { ChangesPage, EVENTS } from '../wire-schema.ts';
import type { Change } from '../../directory/change.ts';
import { sentences, type Reason } from '../../provisioning/reason/reason.ts';

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

/** A reader that hears nothing for this long is told that the connection still stands. */
const HEARTBEAT_MS = 15_000;
/** Then a reader of events has to come back, with a token that is still valid. */
const MAX_EVENTS_MS = 10 * 60_000;
/** After how long a reader whose connection broke is to come back. */
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
          'What has changed after a position, in order of commit; waits when nothing has. With "Accept: text/event-stream" it goes on, as events whose id is the position',
        querystring: ChangesQuery,
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({ description: 'Where a reader of events goes on; before "after"' }),
          ),
        }),
        response: {
          200: {
            description: 'Changes, or events',
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
  watchReader(request, reply, { stream, stallMs: context.stallMs, over: leave });
  return reply.send(stream);
}

/** The next ones are read when these are taken: a reader that stalls holds one page. */
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

/** An entry as it is in the log; reasons as sentences, next to their codes. */
function wireChange(change: Change) {
  const { position, at, kind, subject } = change;
  const entry = { position: String(position), at: instant(at), kind, subject };
  if (change.kind !== 'delivery.changed') return { ...entry, data: { ...change.data } };
  const { state, reasons } = change.data;
  const codes = reasons.map(({ code }) => code);
  return { ...entry, data: { state, reason: sentences(reasons as readonly Reason[]), codes } };
}
