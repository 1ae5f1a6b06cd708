/** Serves Mode's APIs: the REST API under /api, the Discovery API under /batch, and Mode's own SCIM under /scim. */
import type { FastifyInstance } from 'fastify';
import { answerErrors } from './answer-errors.ts';
import type { ApiContext } from './api-context.ts';
import { registerApiKeyRoutes } from './routes/api-key-routes.ts';
import { registerAuditRoutes } from './routes/audit-routes.ts';
import { registerDataSourceRoutes } from './routes/data-source-routes.ts';
import { registerDiscoveryRoutes } from './routes/discovery-routes.ts';
import { registerGroupMemberRoutes } from './routes/group-member-routes.ts';
import { registerGroupRoutes } from './routes/group-routes.ts';
import { registerMemberRoutes } from './routes/member-routes.ts';
import { registerOwnScim } from './own-scim/own-scim-routes.ts';
import { registerRootRoutes } from './routes/root-routes.ts';
import type { ServedWorkspaces } from './served-workspaces.ts';
import { registerSpaceRoutes } from './routes/space-routes.ts';
import { addTrafficHooks } from '../behaviour/traffic-hooks.ts';

/** Registers the REST API and the Discovery API of all workspaces. @param closing aborted when the sandbox closes */
export async function registerApi(
  server: FastifyInstance,
  served: ServedWorkspaces,
  closing: AbortSignal,
): Promise<void> {
  await server.register(
    (api, _options, done) => {
      ignoreOtherBodies(api);
      addTrafficHooks(api, served.workspaceOf, closing);
      answerErrors(api, served.workspaceOf);
      registerRootRoutes(api, served);
      for (const context of served.all) {
        registerApiKeyRoutes(api, context);
        registerMemberRoutes(api, context);
        registerGroupRoutes(api, context);
        registerGroupMemberRoutes(api, context);
        registerSpaceRoutes(api, context);
        registerDataSourceRoutes(api, context);
        registerAuditRoutes(api, context);
      }
      done();
    },
    { prefix: '/api' },
  );
  await server.register(
    (batch, _options, done) => {
      ignoreOtherBodies(batch);
      addTrafficHooks(batch, served.workspaceOf, closing);
      answerErrors(batch, served.workspaceOf);
      for (const context of served.all) registerDiscoveryRoutes(batch, context);
      done();
    },
    { prefix: '/batch' },
  );
}

/** Registers Mode's own SCIM of one workspace. @param prefix such as /scim/v2 @param token see `registerOwnScim` */
export async function registerScim(
  server: FastifyInstance,
  prefix: string,
  context: ApiContext,
  token: string,
  closing: AbortSignal,
): Promise<void> {
  const workspaceOf = () => context;
  await server.register(
    (scim, _options, done) => {
      addTrafficHooks(scim, workspaceOf, closing);
      answerErrors(scim, workspaceOf);
      registerOwnScim(scim, context, token);
      done();
    },
    { prefix },
  );
}

/** Mode reads a body only with a JSON Content-Type. Without it, a write lacks its parameters. */
function ignoreOtherBodies(scope: FastifyInstance): void {
  scope.removeContentTypeParser('*');
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => {
    done(null, undefined);
  });
}
