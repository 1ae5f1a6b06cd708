/** The plan of an undo, and applying exactly this plan. The workspace of the token can be omitted. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { BridgeError } from '../errors.ts';
import { sendProblem } from '../http/problem.ts';
import type { Connections } from '../operators/connections.ts';
import type { Undos } from '../operators/undo/undos.ts';
import { connectionFinder, CONNECTION_PLACES } from './connection-places.ts';
import { userOf, type HolderOf } from './own-workspace.ts';
import { UndoneView, UndoPlanView, viewUndoDifference, viewUndone, viewUndoPlan } from './undo-view.ts';

const Time = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'Such as 2026-01-05T09:00:00Z, or how long ago: 15m, 2h, 7d',
});
const exact = { additionalProperties: false } as const;

export function registerUndos(
  scope: FastifyInstance,
  holderOf: HolderOf,
  connections: Connections,
  undos: Undos,
): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const find = connectionFinder(holderOf, connections);
  for (const { base, params, own } of CONNECTION_PLACES) {
    const Params = Type.Object(params);

    routes.post(
      `${base}/undo`,
      {
        config: { docs: { refuses: [404, 413, 415] } },
        schema: {
          tags: ['admin'],
          operationId: `plan${own}Undo`,
          summary: 'What would reverse what was done to Mode between two times; nothing is changed',
          params: Params,
          body: Type.Object({ from: Time, to: Type.Optional(Time) }, exact),
          response: { 200: UndoPlanView },
        },
      },
      async (request) => viewUndoPlan(await undos.plan(await find(request), request.body)),
    );

    routes.post(
      `${base}/undo/apply`,
      {
        config: { docs: { refuses: [404, 409, 413, 415] } },
        schema: {
          tags: ['admin'],
          operationId: `apply${own}Undo`,
          summary:
            'Set the directory back with exactly this plan; if the plan has changed, 409 has `plan_id` and the differences',
          params: Params,
          body: Type.Object(
            { plan_id: Type.String({ minLength: 1, maxLength: 64, description: 'As the plan says' }) },
            exact,
          ),
          response: { 200: UndoneView },
        },
      },
      async (request, reply) => {
        const outcome = await undos.apply(await find(request), request.body.plan_id, {
          by: userOf(holderOf(request)),
        });
        if (outcome.kind === 'undone') return viewUndone(outcome);
        const { plan, difference } = outcome;
        const message = `The plan has changed, and nothing was done: look at the new plan, and apply it with its id ${plan.id}.`;
        return sendProblem(reply, new BridgeError('conflict', message), {
          plan_id: plan.id,
          ...viewUndoDifference(difference),
        });
      },
    );
  }
}
