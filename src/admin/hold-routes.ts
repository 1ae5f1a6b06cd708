/** Holds: operations that the gate stopped, and the decisions about them. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { BridgeError } from '../errors.ts';
import type { Connections } from '../operators/connections.ts';
import { MAX_HOLDS, type HoldChoice, type Holds } from '../operators/holds.ts';
import { HoldView, viewHold } from './hold-view.ts';
import { Count } from './instant.ts';
import { userOf, type HolderOf } from './own-workspace.ts';

const MAX_IDS = 1_000;
const connection = Type.Optional(Type.String({ description: 'Only of this connection: its name' }));
const Choice = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: MAX_IDS })),
    name: Type.Optional(Type.String({ description: 'The e-mail of a person, or the name of a group' })),
    all: Type.Optional(Type.Boolean({ description: 'All holds without a decision' })),
    connection,
  },
  { additionalProperties: false, description: 'Exactly one of ids, name and all' },
);
const Decided = Type.Object({
  decided: Count,
  kept: Type.Array(HoldView, { description: 'Holds that no approval can end: they stay held' }),
});

export function registerHolds(
  scope: FastifyInstance,
  holderOf: HolderOf,
  { holds, connections }: { readonly holds: Holds; readonly connections: Connections },
): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();

  async function idOf(workspace: string, name: string | undefined): Promise<string | undefined> {
    return name === undefined ? undefined : (await connections.find(workspace, name)).id;
  }

  routes.get(
    '/holds',
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags: ['admin'],
        operationId: 'listHolds',
        summary: 'List the operations that are held until a person decides',
        querystring: Type.Object({
          connection,
          limit: Type.Integer({ minimum: 1, maximum: MAX_HOLDS, default: 1_000 }),
        }),
        response: { 200: Type.Object({ open: Count, holds: Type.Array(HoldView) }) },
      },
    },
    async (request) => {
      const { workspace } = holderOf(request);
      const { connection: name, limit } = request.query;
      const connectionId = await idOf(workspace, name);
      const open = Object.entries(await holds.countOpen(workspace))
        .filter(([of]) => name === undefined || of === name)
        .reduce((sum, [, count]) => sum + count, 0);
      const listed = await holds.list(workspace, { connectionId, limit });
      return { open, holds: listed.map(viewHold) };
    },
  );

  for (const [verb, verdict, refuses, summary] of [
    ['approve', 'approved', [404, 409, 413, 415], 'Approve held operations: each is sent once'],
    [
      'reject',
      'rejected',
      [404, 413, 415],
      'Reject held operations: the access stays until the IdP takes the removal back',
    ],
  ] as const)
    routes.post(
      `/holds/${verb}`,
      {
        config: { docs: { refuses } },
        schema: {
          tags: ['admin'],
          operationId: `${verb}Holds`,
          summary,
          body: Choice,
          response: { 200: Decided },
        },
      },
      async (request) => {
        const holder = holderOf(request);
        const { workspace } = holder;
        const { connection: name, ...choice } = request.body;
        const which = { ...choiceOf(choice), connectionId: await idOf(workspace, name) };
        const { decided, kept } = await holds.decide([workspace], which, verdict, userOf(holder));
        return { decided, kept: kept.map(viewHold) };
      },
    );
}

/** @throws BridgeError invalid_value unless exactly one is given */
function choiceOf(choice: {
  readonly ids?: readonly string[];
  readonly name?: string;
  readonly all?: boolean;
}): HoldChoice {
  const { ids, name, all } = choice;
  const given = [ids, name, all === true ? all : undefined].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new BridgeError('invalid_value', 'Give one of "ids", "name" and "all": true.');
  if (ids !== undefined) return { ids };
  return name === undefined ? { all: true } : { name };
}
