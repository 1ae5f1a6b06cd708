/**
 * POST /events/poll: the one address of the feed that is no GET, because RFC 8936 has it so. What it writes is how far
 * the receiver that asks has come, and nothing else.
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
import { tellEvents } from './tell-events.ts';

export const POLL_PATH = '/events/poll';
const MAX_WAIT_SECONDS = 30;
/** Polls that wait; one more is answered at once. */
const MAX_WAITING = 200;
/** Ids in one poll; no more than so many events are under way. */
const MAX_IDS = MAX_EVENTS;
const MAX_ERROR_LENGTH = 500;
const HOST = /^[\w.:[\]%-]+$/;

export interface EventOptions {
  readonly store: EventStore;
  readonly keys: EventKeys;
  /** Undefined: only names of attributes are told. */
  readonly readResource: ReadResource | undefined;
  /** As clients see the bridge, without a path; undefined: as the request's Host header says. */
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
    description: `How many events at most; never more than ${MAX_EVENTS}. 0: only acknowledge`,
  }),
  returnImmediately: Type.Boolean({
    default: false,
    description: `Whether not to wait, up to ${MAX_WAIT_SECONDS} seconds, when there are no events`,
  }),
  ack: Type.Array(Type.String(), { default: [], description: 'The ids of events that have been taken' }),
  setErrs: Type.Record(
    Type.String(),
    Type.Object({ err: Type.String(), description: Type.Optional(Type.String()) }),
    { default: {}, description: 'Events that cannot be taken, by their ids: they do not come again' },
  ),
});

const Polled = Type.Object({
  sets: Type.Record(Type.String(), Type.String(), {
    description: 'Security Event Tokens (RFC 8417, RFC 9967) by their ids',
  }),
  moreAvailable: Type.Boolean({ description: 'There are more to be had at once' }),
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
        summary:
          'SCIM events (RFC 9967) by poll (RFC 8936): acknowledges what was taken, gives what comes next',
        querystring: Type.Object({
          after: Type.Optional(
            Type.String({
              description:
                'Where the events of this token begin at its first poll: "position" of a snapshot, or "next"',
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
      const errors = new Map(Object.entries(setErrs).map(([jti, error]) => [jti, told(error)]));
      if (ack.length + errors.size > MAX_IDS) {
        throw new BridgeError(
          'too_many',
          `A poll may name ${MAX_IDS} events: tell the others with the next.`,
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
        request.log.warn(fields, 'a receiver of events could not take one');
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
      const { sets, complete } = await tellEvents(
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

/** As it is written down and logged: the receiver's own words, in bounds. */
function told({ err, description = '' }: { err: string; description?: string }): string {
  return `${err} ${description}`
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_ERROR_LENGTH);
}

/** A request with a body is over when that is read: only the answer tells whether anybody still listens. */
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
    throw new BridgeError('invalid_value', 'The Host header is no host.');
  }
  const origin = publicUrl ?? `${protocol}://${host}`;
  return { origin, audience: origin + prefix };
}
