/** The helpers that are passed to every route file. */
import type { FastifyRequest } from 'fastify';
import type { ScimCall } from '../scim-call.ts';
import type { DiscoveryScope } from '../profile/answer-shapes.ts';

export interface RouteScope {
  readonly callOf: (request: FastifyRequest) => ScimCall;
  /** How much of the service discovery describes to the client of this call. */
  readonly discoveryOf: (call: ScimCall) => DiscoveryScope;
}

export interface ById {
  Params: { id: string };
}
