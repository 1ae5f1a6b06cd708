/** What every file of routes is given. */
import type { FastifyRequest } from 'fastify';
import type { Call } from '../call.ts';

export interface RouteScope {
  readonly callOf: (request: FastifyRequest) => Call;
}

export interface ById {
  Params: { id: string };
}
