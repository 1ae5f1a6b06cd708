/** The operators' JSON API: a face of `operators/`, on a port and with a kind of token of its own. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Connection } from '../directory/access/connection.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import { answerWithProblems } from '../http/problem.ts';
import { watchMethods } from '../http/method-not-allowed.ts';
import type { Operators } from '../operators/operators.ts';
import type { SyncControl } from '../provisioning/model/sync-state.ts';
import { registerLinks } from './link-routes.ts';
import { registerReports } from './report-routes.ts';
import { Status, viewStatus } from './status-view.ts';
import { registerSync } from './sync-routes.ts';
import { registerTasks } from './task-routes.ts';
import { registerWorkspaces } from './workspace-routes.ts';

export interface AdminOptions {
  readonly authenticate: Authenticate<Connection>;
  readonly operators: Operators;
  /** undefined: no worker runs in this process. */
  readonly sync: SyncControl | undefined;
}

/** Registers the API below the prefix that `scope` has. */
export function registerAdmin(scope: FastifyInstance, options: AdminOptions): void {
  const { authenticate, operators, sync } = options;
  answerWithProblems(scope);
  const connectionOf = requireToken(scope, authenticate);
  const refuseOtherMethods = watchMethods(scope);
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/status',
    {
      schema: {
        tags: ['admin'],
        operationId: 'readStatus',
        summary: 'How the bridge is doing: numbers, and what is not right yet and why',
        response: { 200: Status },
      },
    },
    async (request) => viewStatus(await operators.status(connectionOf(request).workspace)),
  );
  registerWorkspaces(scope, connectionOf, operators);
  registerTasks(scope, connectionOf, operators.tasks);
  registerSync(scope, connectionOf, sync);
  registerLinks(scope, connectionOf, operators.links);
  registerReports(scope, connectionOf, operators.reports);
  refuseOtherMethods();
}
