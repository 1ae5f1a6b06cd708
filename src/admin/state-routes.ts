/**
 * What the IdP wanted and what Mode had at a time in the past. The state of a large company is long, so it is sent
 * piece by piece. Only one is made at a time, because it needs memory for every person and membership.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { States } from '../operators/state/states.ts';
import { answerInPieces, waitOf } from './answer-in-pieces.ts';
import { At } from './instant.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';
import { stateDiffLines, stateLines } from './state-view.ts';

const time = (description: string) => Type.String({ minLength: 1, maxLength: 64, description });
const TIME = 'An instant, such as 2026-01-05T09:00:00Z, or how long ago: 15m, 2h, 7d';
const AtQuery = Type.Object({ at: time(TIME) });
const DiffQuery = Type.Object({ from: time(TIME), to: time(TIME) });

const Entry = Type.Object({
  side: Type.Enum(['idp', 'mode'], { description: 'What the IdP wanted, or what Mode had' }),
  what: Type.Enum(['person', 'group', 'member']),
  group: Type.String({ description: 'Of a member: the name of the group' }),
  name: Type.String({ description: 'The userName in the IdP, the e-mail in Mode, or the name of the group' }),
  detail: Type.String({ description: 'The role of a person, or that they are invited' }),
});
const StateView = Type.Object({
  workspace: Type.String(),
  at: At,
  position: Type.String({ description: 'The last change that it includes' }),
  entries: Type.Array(Entry),
});
const StateDiffView = Type.Object({
  workspace: Type.String(),
  from: At,
  to: At,
  differences: Type.Array(
    Type.Object({
      change: Type.Enum(['added', 'removed', 'changed']),
      entry: Entry,
      before: Type.Optional(Type.String({ description: 'The detail before, when that has changed' })),
    }),
  ),
});

export function registerStates(
  scope: FastifyInstance,
  holderOf: HolderOf,
  states: States,
  clock: Clock,
): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['admin'] as const;
  const ofWorkspace = { config: { docs: { refuses: [404] } } } as const;
  let isBusy = false;

  /** @param make the lines of the answer */
  async function send(reply: FastifyReply, make: (isOver: () => boolean) => Promise<Generator<string>>) {
    if (isBusy)
      throw new BridgeError('unavailable', 'Another state is being computed: try again in a minute.');
    isBusy = true;
    const isOver = waitOf(reply, clock);
    const free = () => {
      isBusy = false;
    };
    try {
      const stream = answerInPieces(await make(isOver), isOver);
      stream.once('close', free);
      return await reply.type('application/json; charset=utf-8').send(stream);
    } catch (error) {
      free();
      throw error;
    }
  }

  const sendState = (reply: FastifyReply, workspace: string, { at }: Static<typeof AtQuery>) =>
    send(reply, async (isOver) => stateLines(workspace, await states.at(workspace, at, { isOver })));
  const sendDiff = (reply: FastifyReply, workspace: string, { from, to }: Static<typeof DiffQuery>) =>
    send(reply, async (isOver) =>
      stateDiffLines(workspace, await states.diff(workspace, from, to, { isOver })),
    );

  const state = {
    tags,
    summary: 'What the IdP wanted and what Mode had at a time, as far as the bridge knew',
    querystring: AtQuery,
    response: { 200: StateView },
  };
  const diff = {
    tags,
    summary: 'What differs between the states at two times',
    querystring: DiffQuery,
    response: { 200: StateDiffView },
  };
  routes.get('/state', { schema: { ...state, operationId: 'readState' } }, (request, reply) =>
    sendState(reply, holderOf(request).workspace, request.query),
  );
  routes.get('/state/diff', { schema: { ...diff, operationId: 'compareStates' } }, (request, reply) =>
    sendDiff(reply, holderOf(request).workspace, request.query),
  );
  routes.get(
    '/workspaces/:slug/state',
    { ...ofWorkspace, schema: { ...state, operationId: 'readWorkspaceState', params: ByWorkspace } },
    (request, reply) => sendState(reply, ownWorkspace(holderOf(request), request.params.slug), request.query),
  );
  routes.get(
    '/workspaces/:slug/state/diff',
    { ...ofWorkspace, schema: { ...diff, operationId: 'compareWorkspaceStates', params: ByWorkspace } },
    (request, reply) => sendDiff(reply, ownWorkspace(holderOf(request), request.params.slug), request.query),
  );
}
