/** What every file of routes is given. */
import type { FastifyRequest } from 'fastify';
import type { Call } from '../call.ts';
import type { DiscoveryScope } from '../profile/answer-shapes.ts';

export interface RouteScope {
  readonly callOf: (request: FastifyRequest) => Call;
  /** How much of the service the client of this call learns by discovery. */
  readonly discoveryOf: (call: Call) => DiscoveryScope;
}

export interface ById {
  Params: { id: string };
}
