/**
 * Notes every request below the SCIM prefix and the answer that it got, also when it is rejected, has no route, or its
 * client does not wait for the answer. What is noted is read after the answer has gone out.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import type { TokenHolder } from '../../directory/access/token-holder.ts';
import {
  REQUEST_METHODS,
  REQUEST_ROUTES,
  resourceId,
  type LoggedRequest,
  type RequestMethod,
  type RequestRoute,
  type ScimType,
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
  readonly notesOf: (request: FastifyRequest) => RequestNotes | undefined;
}

const METHODS: ReadonlyMap<string, RequestMethod> = new Map(
  REQUEST_METHODS.map((method) => [method, method]),
);

/** Call it before anything that may reject a request. */
export function logRequests(scope: FastifyInstance, parts: Parts): void {
  const { requests, clock, profiles, holderOf, notesOf } = parts;
  const routes: ReadonlyMap<string, RequestRoute> = new Map([
    ...REQUEST_ROUTES.map((route) => [scope.prefix + route, route] as const),
    [scope.prefix, '/'],
  ]);
  /** When the requests that are not in the log yet arrived. */
  const arrivals = new WeakMap<FastifyRequest, number>();
  const failures = new WeakMap<FastifyRequest, ScimType>();

  scope.addHook('onRequest', (request, reply, done) => {
    arrivals.set(request, clock.now());
    reply.raw.once('close', () => {
      if (arrivals.has(request)) add(request, reply, null);
    });
    done();
  });
  scope.addHook('onResponse', (request, reply, done) => {
    add(request, reply, reply.statusCode);
    done();
  });
  scope.addHook('onError', (request, _reply, error, done) => {
    const scimType = scimTypeOf(asBridgeError(error));
    if (scimType !== undefined) failures.set(request, scimType);
    done();
  });

  /** @param status null: the client is gone, and no answer reached it */
  function add(request: FastifyRequest, reply: FastifyReply, status: number | null): void {
    const { id, method, body, params, routeOptions } = request;
    const holder = holderOf(request);
    const route = routes.get(routeOptions.url ?? '') ?? 'unknown';
    const resourceType = route.startsWith('/Users') ? 'User' : route.startsWith('/Groups') ? 'Group' : null;
    const { filter, bulkIds } = notesOf(request) ?? {};
    const named = route.endsWith('/:id') ? (params as { id?: unknown }).id : createdId(reply);
    // What a stranger names is not a resource of any workspace.
    const isNamed = holder !== undefined && resourceType !== null;
    // A request that is rejected before all hooks has just arrived.
    const at = arrivals.get(request) ?? clock.now();
    arrivals.delete(request);
    requests.add({
      id,
      at,
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
      scimType: failures.get(request) ?? null,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      workspace: holder?.workspace ?? null,
      connectionId: holder?.connection?.id ?? null,
      profile: holder?.connection === undefined ? null : profiles.profileOf(holder.connection),
    });
  }
}

/** A request below the prefix whose URL cannot be decoded: it has no route, and so no hooks. */
export function unroutedRequest({ id, method }: FastifyRequest, clock: Clock): LoggedRequest {
  return {
    ...NO_BODY,
    id,
    at: clock.now(),
    method: METHODS.get(method) ?? 'other',
    route: 'unknown',
    resourceType: null,
    resourceId: null,
    bulkIds: [],
    filter: [],
    status: 400,
    scimType: 'invalidValue',
    durationMs: 0,
    workspace: null,
    connectionId: null,
    profile: null,
  };
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
