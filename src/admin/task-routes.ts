/** Tasks: manual steps that the API of Mode cannot do. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { MAX_TASKS, type Tasks } from '../operators/tasks.ts';
import { Count } from './instant.ts';
import { userOf, type HolderOf } from './own-workspace.ts';
import { TaskView, viewTask } from './task-view.ts';

const DEFAULT_TASKS = 100;

export function registerTasks(scope: FastifyInstance, holderOf: HolderOf, tasks: Tasks): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/tasks',
    {
      schema: {
        tags: ['admin'],
        operationId: 'listTasks',
        summary: 'List the steps that a person has to do',
        querystring: Type.Object({
          closed: Type.Boolean({ default: false, description: 'Also closed tasks' }),
          limit: Type.Integer({ minimum: 1, maximum: MAX_TASKS, default: DEFAULT_TASKS }),
        }),
        response: { 200: Type.Object({ open: Count, tasks: Type.Array(TaskView) }) },
      },
    },
    async (request) => {
      const { workspace } = holderOf(request);
      const listed = await tasks.list(workspace, request.query);
      return { open: await tasks.countOpen(workspace), tasks: listed.map(viewTask) };
    },
  );

  routes.post(
    '/tasks/:id/close',
    {
      config: { docs: { refuses: [404, 413, 415] } },
      schema: {
        tags: ['admin'],
        operationId: 'closeTask',
        summary: 'Close a task: the bridge checks its user or group again',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const holder = holderOf(request);
      await tasks.close([holder.workspace], request.params.id, userOf(holder));
      return reply.code(204).send(null);
    },
  );
}
