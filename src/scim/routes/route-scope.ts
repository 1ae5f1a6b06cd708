/** The helpers that are passed to every route file. */
import type { FastifyRequest } from 'fastify';
import type { Call } from '../call.ts';
import type { DiscoveryScope } from '../profile/answer-shapes.ts';

export interface RouteScope {
  readonly callOf: (request: FastifyRequest) => Call;
  /** How much of the service discovery describes to the client of this call. */
  readonly discoveryOf: (call: Call) => DiscoveryScope;
}

export interface ById {
  Params: { id: string };
}
