/**
 * POST /events/poll: the only route of the feed that is not GET, as RFC 8936 requires. It writes only the position of the
 * receiver that polls.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Clock } from '../../clock.ts';
import type { TokenHolder } from '../../directory/access/token-holder.ts';
import { BridgeError } from '../../errors.ts';
import { rejectOtherMethods } from '../../http/method-not-allowed.ts';
import { readCursor } from '../changes.ts';
import type { FeedStore } from '../feed-store.ts';
import type { EventKeys } from './event-keys.ts';
import type { ReadResource } from './event-resources.ts';
import type { EventStore } from './event-store.ts';
import { DEFAULT_EVENTS, MAX_EVENTS, pollEvents } from './poll.ts';
import { createEventTokens } from './event-tokens.ts';

export const POLL_PATH = '/events/poll';
const MAX_WAIT_SECONDS = 30;
/** The number of polls that may wait. Further polls get a response at once. */
const MAX_WAITING = 200;
/** The number of ids in one poll. No more events can be unacknowledged. */
const MAX_IDS = MAX_EVENTS;
const MAX_ERROR_LENGTH = 500;
const HOST = /^[\w.:[\]%-]+$/;

export interface EventOptions {
  readonly store: EventStore;
  readonly keys: EventKeys;
  /** Undefined: events have names of attributes without values. */
  readonly readResource: ReadResource | undefined;
  /** The bridge's origin for clients; undefined: from the Host header of the request. */
  readonly publicUrl: string | undefined;
}

export interface EventScope extends EventOptions {
  readonly feed: FeedStore;
  readonly clock: Clock;
  readonly holderOf: (request: FastifyRequest) => TokenHolder;
  /** Aborted when the bridge stops. */
  readonly stopping: AbortSignal;
}

const Poll = Type.Object({
  maxEvents: Type.Integer({
    minimum: 0,
    default: DEFAULT_EVENTS,
    description: `The maximum number of events, up to ${MAX_EVENTS}. 0: only acknowledge`,
  }),
  returnImmediately: Type.Boolean({
    default: false,
    description: `If false, the response waits up to ${MAX_WAIT_SECONDS} seconds for events`,
  }),
  ack: Type.Array(Type.String(), { default: [], description: 'The ids of the events to acknowledge' }),
  setErrs: Type.Record(
    Type.String(),
    Type.Object({ err: Type.String(), description: Type.Optional(Type.String()) }),
    { default: {}, description: 'Events that the receiver rejects, by id. They are not sent again' },
  ),
});

const Polled = Type.Object({
  sets: Type.Record(Type.String(), Type.String(), {
    description: 'Security Event Tokens (RFC 8417, RFC 9967) by id',
  }),
  moreAvailable: Type.Boolean({ description: 'Whether there are more events now' }),
});

export function registerEvents(scope: FastifyInstance, options: EventScope): void {
  const { store, feed, clock, keys, readResource, holderOf, stopping } = options;
  let waiting = 0;

  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    POLL_PATH,
    {
      config: { docs: { refuses: [410, 413, 415] } },
      schema: {
        tags: ['feed'],
        operationId: 'pollEvents',
        summary: 'SCIM events (RFC 9967) by poll (RFC 8936): acknowledges events, and returns the next ones',
        querystring: Type.Object({
          after: Type.Optional(
            Type.String({
              description:
                'Where the stream of this token starts, for its first poll: "position" of a snapshot, or "next" of changes',
            }),
          ),
        }),
        body: Poll,
        response: { 200: Polled },
      },
    },
    async (request, reply) => {
      const holder = holderOf(request);
      const { maxEvents, returnImmediately, ack, setErrs } = request.body;
      const errors = new Map(Object.entries(setErrs).map(([jti, error]) => [jti, errorText(error)]));
      if (ack.length + errors.size > MAX_IDS) {
        throw new BridgeError(
          'too_many',
          `A poll may have at most ${MAX_IDS} ids. Send the others with the next poll.`,
        );
      }
      const wait = {
        maxEvents: Math.min(maxEvents, MAX_EVENTS),
        waitMs: returnImmediately || waiting >= MAX_WAITING ? 0 : MAX_WAIT_SECONDS * 1_000,
        begin: await readCursor(feed, holder.workspace, request.query.after),
      };
      waiting += 1;
      const refused = (jti: string, error: string) => {
        const fields = { reqId: request.id, stream: holder.tokenId, jti, error };
        request.log.warn(fields, 'a receiver rejected an event');
      };
      const { events, more } = await pollEvents(
        { store, feed, clock, refused },
        holder,
        { ...wait, ack, errors },
        AbortSignal.any([stopping, goneBefore(reply)]),
      ).finally(() => {
        waiting -= 1;
      });
      const context = { keys, readResource, now: clock.now };
      const { sets, complete } = await createEventTokens(
        context,
        holder.workspace,
        issuerOf(request, options, scope),
        events,
      );
      return { sets, moreAvailable: more || !complete };
    },
  );

  rejectOtherMethods(scope, [POLL_PATH], ['POST']);
}

/** The receiver's error message in a form that can be stored and logged. */
function errorText({ err, description = '' }: { err: string; description?: string }): string {
  return `${err} ${description}`
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_ERROR_LENGTH);
}

/** A request with a body is closed once the body was read. Only the response shows when the client disconnects. */
function goneBefore({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    gone.abort();
  });
  return gone.signal;
}

function issuerOf(
  { protocol, host }: FastifyRequest,
  { publicUrl }: EventOptions,
  { prefix }: FastifyInstance,
) {
  if (publicUrl === undefined && !HOST.test(host)) {
    throw new BridgeError('invalid_value', 'The Host header is not valid.');
  }
  const origin = publicUrl ?? `${protocol}://${host}`;
  return { origin, audience: origin + prefix };
}
