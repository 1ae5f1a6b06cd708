/** What every route of the simulated API works with. */
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

/** Puts what a call did into the audit log. */
export function noteCall(
  { simulation, credentials }: ApiContext,
  request: FastifyRequest,
  action: string,
  entity: Entity,
  context?: Readonly<Record<string, string>>,
): void {
  const owner = simulation.workspace().owner();
  // A workspace's key is nobody's.
  const person = credentials.scope(request) === 'member' ? owner : undefined;
  const actor = {
    ip: request.ip,
    user_agent: request.headers['user-agent'] ?? '',
    user_id: person?.userId ?? '',
    username: person?.username ?? '',
  };
  simulation.memory().audit.note({ actor, source: 'api' }, action, entity, context);
}
