/**
 * Logs every request under the SCIM prefix and its answer, also when it is rejected, has no route, or its client does
 * not wait for the answer. The entry is made after the answer was sent.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import type { TokenHolder } from '../../directory/access/token-holder.ts';
import {
  REQUEST_METHODS,
  REQUEST_ROUTES,
  resourceId,
  type RequestMethod,
  type RequestRoute,
} from '../../directory/requests/logged-request.ts';
import { asBridgeError } from '../../http/problem.ts';
import type { Profiles } from '../profile/profiles.ts';
import { scimTypeOf } from '../scim-errors.ts';
import { groupAttributes, userAttributes } from './attribute-names.ts';
import { bulkShape, NO_BODY, patchShape, resourceShape, type BodyShape } from './body-shape.ts';
import { filterShape } from './filter-shape.ts';
import type { RequestLog } from './request-log.ts';
import type { RequestNotes } from './request-notes.ts';

interface Parts {
  readonly requests: Pick<RequestLog, 'add'>;
  readonly clock: Clock;
  readonly profiles: Pick<Profiles, 'profileOf'>;
  /** undefined: the token was not accepted. */
  readonly holderOf: (request: FastifyRequest) => TokenHolder | undefined;
}

const METHODS: ReadonlyMap<string, RequestMethod> = new Map(
  REQUEST_METHODS.map((method) => [method, method]),
);

const NOTES = Symbol('notes for the request log');

interface Unanswered {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface Notes extends RequestNotes {
  unanswered?: Unanswered;
}

type Notable = FastifyRequest & { [NOTES]?: Notes | null };

/**
 * Call it before anything that may reject a request.
 * @returns the notes of a request; undefined when it was rejected before all hooks
 */
export function logRequests(
  scope: FastifyInstance,
  parts: Parts,
): (request: FastifyRequest) => RequestNotes | undefined {
  const { requests, clock, profiles, holderOf } = parts;
  const routes: ReadonlyMap<string, RequestRoute> = new Map([
    ...REQUEST_ROUTES.map((route) => [scope.prefix + route, route] as const),
    [scope.prefix, '/'],
  ]);
  /** The requests of each connection that are not answered yet. */
  const open = new WeakMap<Socket, Set<Unanswered>>();
  // A property on every request costs less than an entry in a map.
  scope.decorateRequest(NOTES, null);

  scope.addHook('onRequest', (request, reply, done) => {
    const unanswered = { request, reply };
    begin(request).unanswered = unanswered;
    unansweredOf(request.raw.socket).add(unanswered);
    done();
  });
  scope.addHook('onError', (request, _reply, error, done) => {
    // A request that is rejected before the hook above has just arrived.
    (notesOf(request) ?? begin(request)).scimType = scimTypeOf(asBridgeError(error));
    done();
  });
  scope.addHook('onResponse', (request, reply, done) => {
    add(request, reply, reply.statusCode);
    done();
  });

  function begin(request: Notable): Notes {
    const noted: Notes = { arrivedAt: clock.now() };
    request[NOTES] = noted;
    return noted;
  }

  /** One listener for each connection, not for each request. */
  function unansweredOf(socket: Socket): Set<Unanswered> {
    const known = open.get(socket);
    if (known !== undefined) return known;
    const unanswered = new Set<Unanswered>();
    open.set(socket, unanswered);
    socket.once('close', () => {
      for (const { request, reply } of unanswered) add(request, reply, null);
    });
    return unanswered;
  }

  /** @param status null when the client closed the connection before the answer */
  function add(request: FastifyRequest, reply: FastifyReply, status: number | null): void {
    const { id, method, body, params, routeOptions } = request;
    const holder = holderOf(request);
    const route = routes.get(routeOptions.url ?? '') ?? 'unknown';
    const resourceType = route.startsWith('/Users') ? 'User' : route.startsWith('/Groups') ? 'Group' : null;
    const { filter, bulkIds, arrivedAt, scimType, unanswered } = notesOf(request) ?? begin(request);
    if (unanswered !== undefined) open.get(request.raw.socket)?.delete(unanswered);
    const named = route.endsWith('/:id') ? (params as { id?: unknown }).id : createdId(reply);
    // Without a valid token, an id in the URL is not a resource of any workspace.
    const isNamed = holder !== undefined && resourceType !== null;
    requests.add({
      id,
      at: arrivedAt,
      method: METHODS.get(method) ?? 'other',
      route,
      resourceType,
      resourceId: isNamed ? (resourceId(named) ?? null) : null,
      bulkIds: bulkIds ?? [],
      ...(holder === undefined ? NO_BODY : shapeOf(route, method, body)),
      filter:
        filter === undefined
          ? []
          : filterShape(resourceType === 'Group' ? groupAttributes : userAttributes, filter),
      status,
      scimType: scimType ?? null,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      workspace: holder?.workspace ?? null,
      connectionId: holder?.connection?.id ?? null,
      profile: holder?.connection === undefined ? null : profiles.profileOf(holder.connection),
    });
  }

  return notesOf;
}

function notesOf(request: Notable): Notes | undefined {
  return request[NOTES] ?? undefined;
}

function shapeOf(route: RequestRoute, method: string, body: unknown): BodyShape {
  if (body === undefined) return NO_BODY;
  if (route === '/Bulk') return bulkShape(body);
  const type = route.startsWith('/Groups') ? 'Group' : 'User';
  if (method === 'PATCH') return patchShape(type, body);
  const isResource = (route === `/${type}s` && method === 'POST') || method === 'PUT';
  return isResource ? resourceShape(type, body) : NO_BODY;
}

/** The id at the end of the URL of a resource that was created. */
function createdId(reply: FastifyReply): string | undefined {
  const location = reply.getHeader('location');
  return typeof location === 'string' ? location.slice(location.lastIndexOf('/') + 1) : undefined;
}
