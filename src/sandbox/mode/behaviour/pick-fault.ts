/** Picks the fault of a call: one from the settings, or a failure of Mode's edge (`edge_failure_every`). */
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../../clock.ts';
import { isOver, type Fault } from './fault.ts';
import type { Settings } from './settings.ts';
import { routeOf, type CredentialName } from './traffic.ts';

const EDGE_STATUSES = [502, 503] as const;

export type PickFault = (
  request: FastifyRequest,
  credential: CredentialName,
  settings: Settings,
) => Fault | undefined;

/** Counts faults down in `settings.faults`, so that the settings show what is left. */
export function createFaultPicker(clock: Clock): PickFault {
  let calls = 0;

  function edge({ quirks }: Settings): Fault | undefined {
    calls += 1;
    const { edge_failure_every: every, edge_failure_applied: applied } = quirks;
    if (every === 0 || calls % every !== 0) return undefined;
    const status = EDGE_STATUSES[(calls / every) % EDGE_STATUSES.length] ?? EDGE_STATUSES[0];
    return { for_requests: 1, status, body: 'html', applied };
  }

  return (request, credential, settings) => {
    const now = clock.now();
    const fault = settings.faults.find((each) => !isOver(each, now) && matches(each, request, credential));
    if (fault === undefined) return edge(settings);
    if (fault.after_requests !== undefined && fault.after_requests > 0) {
      fault.after_requests -= 1;
      return edge(settings);
    }
    if (fault.for_requests !== undefined) fault.for_requests -= 1;
    if (fault.for_requests === 0) settings.faults.splice(settings.faults.indexOf(fault), 1);
    return fault;
  };
}

function matches(fault: Fault, request: FastifyRequest, credential: CredentialName): boolean {
  const { method, path, route } = fault;
  return (
    (method === undefined || method.toUpperCase() === request.method) &&
    (path === undefined || request.url.startsWith(path)) &&
    (route === undefined || route === `${request.method} ${routeOf(request)}`) &&
    (fault.credential === undefined || fault.credential === credential)
  );
}
