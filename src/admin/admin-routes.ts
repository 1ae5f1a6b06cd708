/** The operators' JSON API: a face of `operators/`, on a port and with a kind of token of its own. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import { answerWithProblems } from '../http/problem.ts';
import { watchMethods } from '../http/method-not-allowed.ts';
import type { Operators } from '../operators/operators.ts';
import type { SyncControl } from '../provisioning/model/sync-state.ts';
import type { Clock } from '../clock.ts';
import { registerAudit } from './audit-routes.ts';
import { registerConnections } from './connection-routes.ts';
import { refuseOtherBodies } from './exact-body.ts';
import { registerExplain } from './explain-routes.ts';
import { registerHolds } from './hold-routes.ts';
import { registerLeavers } from './leaver-routes.ts';
import { registerLinks } from './link-routes.ts';
import { registerNotices } from './notice-routes.ts';
import { registerPlans } from './plan-routes.ts';
import { registerReports } from './report-routes.ts';
import { registerRequests } from './request-routes.ts';
import { registerStates } from './state-routes.ts';
import { Status, viewStatus } from './status-view.ts';
import { registerSync } from './sync-routes.ts';
import { registerTasks } from './task-routes.ts';
import { registerUndos } from './undo-routes.ts';
import { registerWorkspaces } from './workspace-routes.ts';

export interface AdminOptions {
  readonly authenticate: Authenticate<TokenHolder>;
  readonly operators: Operators;
  /** The sync state of the workspace's worker; undefined when no worker runs in this process. */
  readonly syncOf: (workspace: string) => SyncControl | undefined;
  readonly clock: Clock;
}

/** Registers the API under the prefix of `scope`. */
export function registerAdmin(scope: FastifyInstance, options: AdminOptions): void {
  const { authenticate, operators, syncOf, clock } = options;
  answerWithProblems(scope);
  const holderOf = requireToken(scope, authenticate);
  refuseOtherBodies(scope);
  const refuseOtherMethods = watchMethods(scope);
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/status',
    {
      schema: {
        tags: ['admin'],
        operationId: 'readStatus',
        summary: 'How the bridge is doing: numbers, and which users and groups are not done yet, and why',
        response: { 200: Status },
      },
    },
    async (request) => viewStatus(await operators.status(holderOf(request).workspace)),
  );
  registerWorkspaces(scope, holderOf, operators);
  registerConnections(scope, holderOf, operators.connections);
  registerPlans(scope, holderOf, operators.connections, operators.plans, clock);
  registerUndos(scope, holderOf, operators.connections, operators.undos);
  registerTasks(scope, holderOf, operators.tasks);
  registerHolds(scope, holderOf, operators);
  registerSync(scope, holderOf, syncOf);
  registerLinks(scope, holderOf, operators.links);
  registerReports(scope, holderOf, operators.reports);
  registerLeavers(scope, holderOf, operators.leavers);
  registerRequests(scope, holderOf, operators.requests);
  registerExplain(scope, holderOf, operators.explain);
  registerStates(scope, holderOf, operators.states, clock);
  registerAudit(scope, holderOf, operators.audit);
  registerNotices(scope, holderOf, operators.notices);
  refuseOtherMethods();
}
