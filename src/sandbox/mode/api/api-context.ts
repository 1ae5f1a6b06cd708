/** Dependencies of every route of the simulated API. */
import type { FastifyRequest } from 'fastify';
import type { Entity } from '../world/audit-log.ts';
import type { Credentials } from './credentials.ts';
import type { Hal } from './hal.ts';
import type { Simulation } from '../world/simulation.ts';

export interface ApiContext {
  readonly simulation: Simulation;
  readonly credentials: Credentials;
  readonly hal: Hal;
}

/** Adds a call to the audit log. */
export function recordCall(
  { simulation, credentials }: ApiContext,
  request: FastifyRequest,
  action: string,
  entity: Entity,
  context?: Readonly<Record<string, string>>,
): void {
  const owner = simulation.workspace().owner();
  // A workspace key has no owner.
  const person = credentials.scope(request) === 'member' ? owner : undefined;
  const actor = {
    ip: request.ip,
    user_agent: request.headers['user-agent'] ?? '',
    user_id: person?.userId ?? '',
    username: person?.username ?? '',
  };
  simulation.memory().audit.add({ actor, source: 'api' }, action, entity, context);
}
