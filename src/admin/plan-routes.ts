/** The plan of a connection, and going live with it. The workspace of the token can be omitted. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import { sendProblem } from '../http/problem.ts';
import type { Connections } from '../operators/connections.ts';
import type { PlanReport } from '../operators/make-plan.ts';
import type { GoneLive, Plans } from '../operators/plans.ts';
import { answerInPieces, waitOf } from './answer-in-pieces.ts';
import { ConnectionView, viewConnection } from './connection-view.ts';
import { connectionFinder, CONNECTION_PLACES } from './connection-places.ts';
import { userOf, type HolderOf } from './own-workspace.ts';
import { planJson } from './plan-json-view.ts';
import { documented, PlanView, viewDifference, viewPlan } from './plan-view.ts';

const PlanId = Type.String({ minLength: 1, maxLength: 64, description: 'The id of a plan' });
const exact = { additionalProperties: false } as const;

export function registerPlans(
  scope: FastifyInstance,
  holderOf: HolderOf,
  connections: Connections,
  plans: Plans,
  clock: Clock,
): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const find = connectionFinder(holderOf, connections);
  for (const { base, params, own } of CONNECTION_PLACES) {
    const Params = Type.Object(params);

    routes.get(
      `${base}/plan`,
      {
        config: { docs: { refuses: [404] } },
        schema: {
          tags: ['admin'],
          operationId: `read${own}Plan`,
          summary: 'What would be done in Mode now if the connection was live',
          params: Params,
          response: { 200: PlanView },
        },
      },
      async (request, reply) => sendPlan(reply, clock, await plans.make(await find(request))),
    );

    routes.post(
      `${base}/go-live`,
      {
        config: { docs: { refuses: [404, 409, 413, 415] } },
        schema: {
          tags: ['admin'],
          operationId: `go${own}Live`,
          summary:
            'Go live with exactly this plan; if the plan has changed, 409 has `plan_id`, `added` and `removed`',
          params: Params,
          body: Type.Object({ plan_id: PlanId }, exact),
          response: { 200: ConnectionView },
        },
      },
      async (request, reply) => {
        const connection = await find(request);
        return answer(
          reply,
          await plans.goLive(connection, request.body.plan_id, { by: userOf(holderOf(request)) }),
        );
      },
    );

    routes.post(
      `${base}/pause`,
      {
        config: { docs: { refuses: [404, 409, 413, 415] } },
        schema: {
          tags: ['admin'],
          operationId: `pause${own}Connection`,
          summary: 'Keep answering the IdP, and hold what it pushes',
          params: Params,
          response: { 200: ConnectionView },
        },
      },
      async (request) => {
        const by = userOf(holderOf(request));
        return viewConnection(await connections.setState(await find(request), 'paused', by));
      },
    );

    routes.post(
      `${base}/resume`,
      {
        config: { docs: { refuses: [404, 409, 413, 415] } },
        schema: {
          tags: ['admin'],
          operationId: `resume${own}Connection`,
          summary: 'Make the connection live again; with the id of a plan, only if the plan has not changed',
          params: Params,
          body: Type.Optional(
            Type.Union([Type.Object({ plan_id: Type.Optional(PlanId) }, exact), Type.Null()]),
          ),
          response: { 200: ConnectionView },
        },
      },
      async (request, reply) => {
        const connection = await find(request);
        const planId = request.body?.plan_id;
        const by = userOf(holderOf(request));
        if (planId !== undefined) return answer(reply, await plans.goLive(connection, planId, { by }));
        return viewConnection(await connections.setState(connection, 'live', by));
      },
    );
  }
}

/** Sends the plan piece by piece, because the plan of a large company is long. */
function sendPlan(reply: FastifyReply, clock: Clock, plan: PlanReport) {
  const lines = planJson(documented(viewPlan(plan)));
  return reply.type('application/json; charset=utf-8').send(answerInPieces(lines, waitOf(reply, clock)));
}

function answer(reply: FastifyReply, gone: GoneLive) {
  if (gone.kind === 'live') return viewConnection(gone.connection);
  const { plan, difference } = gone;
  const { added, removed } = difference;
  const message = `The plan has changed: ${added.length} new operations, ${removed.length} no longer needed. Nothing was done: look at the new plan, and go live with its id ${plan.id}.`;
  return sendProblem(reply, new BridgeError('conflict', message), {
    plan_id: plan.id,
    ...viewDifference(difference),
  });
}
