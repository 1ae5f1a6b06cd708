/** The workspace to operators: what can be done on it, and the tasks that are with people. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Clock } from '../clock.ts';
import type { Connection } from '../directory/access/connection.ts';
import { BridgeError } from '../errors.ts';
import type { CapabilityStore } from '../provisioning/capability/capability-book.ts';
import type { TaskStore } from '../provisioning/plan/task.ts';
import { CapabilityView, viewCapabilities } from './capability-view.ts';
import { Count } from './instant.ts';
import { TaskView, viewTask } from './task-view.ts';

export const MAX_TASKS = 1_000;
const DEFAULT_TASKS = 100;

export interface WorkspaceRoutes {
  readonly capabilities: CapabilityStore;
  readonly tasks: TaskStore;
  readonly clock: Clock;
  readonly connectionOf: (request: FastifyRequest) => Connection;
}

const Workspace = Type.Object({
  workspace: Type.String(),
  ...CapabilityView.properties,
  tasks: Type.Object({ open: Count }),
});
const BySlug = Type.Object({ slug: Type.String() });

export function registerWorkspaces(scope: FastifyInstance, options: WorkspaceRoutes): void {
  const { capabilities, tasks, clock, connectionOf } = options;
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();

  /** A token sees its own workspace, and nothing of whether there are others. */
  function ownWorkspace(request: FastifyRequest, slug: string): string {
    const { workspace } = connectionOf(request);
    if (slug === workspace) return workspace;
    throw new BridgeError('not_found', `There is no workspace "${slug}" for this token.`);
  }

  const view = async (workspace: string) => ({
    workspace,
    ...(await viewCapabilities(workspace, capabilities)),
    tasks: { open: await tasks.count(workspace) },
  });

  routes.get(
    '/workspaces/:slug',
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags: ['admin'],
        operationId: 'readWorkspace',
        summary: 'What can be done on the workspace, by which route, and what Mode said where it refused',
        params: BySlug,
        response: { 200: Workspace },
      },
    },
    (request) => view(ownWorkspace(request, request.params.slug)),
  );

  routes.post(
    '/workspaces/:slug/probe',
    {
      config: { docs: { refuses: [404, 413, 415] } },
      schema: {
        tags: ['admin'],
        operationId: 'probeWorkspace',
        summary: 'Look at it again within seconds, and try anew what was refused',
        params: BySlug,
        response: { 202: Workspace },
      },
    },
    async (request, reply) => {
      const workspace = ownWorkspace(request, request.params.slug);
      await capabilities.askForProbe(workspace, clock.now());
      return reply.code(202).send(await view(workspace));
    },
  );

  routes.get(
    '/tasks',
    {
      schema: {
        tags: ['admin'],
        operationId: 'listTasks',
        summary: 'Steps that are handed to people',
        querystring: Type.Object({
          closed: Type.Boolean({ default: false, description: 'Closed ones too' }),
          limit: Type.Integer({ minimum: 1, maximum: MAX_TASKS, default: DEFAULT_TASKS }),
        }),
        response: { 200: Type.Object({ open: Count, tasks: Type.Array(TaskView) }) },
      },
    },
    async (request) => {
      const { workspace } = connectionOf(request);
      const listed = await tasks.list(workspace, request.query);
      return { open: await tasks.count(workspace), tasks: listed.map(viewTask) };
    },
  );

  routes.post(
    '/tasks/:id/close',
    {
      config: { docs: { refuses: [404, 413, 415] } },
      schema: {
        tags: ['admin'],
        operationId: 'closeTask',
        summary: 'Say that a task is seen to: its subject is looked at again',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { workspace } = connectionOf(request);
      await closeTask(tasks, workspace, request.params.id, clock.now());
      return reply.code(204).send(null);
    },
  );
}

/** @throws BridgeError not_found */
export async function closeTask(tasks: TaskStore, workspace: string, id: string, at: number): Promise<void> {
  if (await tasks.close(workspace, id, at)) return;
  throw new BridgeError('not_found', `There is no open task with the id ${id}: "tasks list" shows them.`);
}
