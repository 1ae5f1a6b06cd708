/** Starts a full read of Mode, and shows its progress. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { BridgeError } from '../errors.ts';
import type { SyncControl, SyncState } from '../provisioning/model/sync-state.ts';
import { At, Count, instant, Text } from './instant.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';

const Sync = Type.Object({
  running: Type.Union([
    Type.Object({ started_at: At, phase: Type.String(), done: Count, of: Count }),
    Type.Null(),
  ]),
  last: Type.Union(
    [
      Type.Object({
        started_at: At,
        ended_at: At,
        failure: Text,
        groups: Count,
        groups_read: Count,
        groups_failed: Count,
      }),
      Type.Null(),
    ],
    { description: 'The last one since this bridge started' },
  ),
});

export function registerSync(
  scope: FastifyInstance,
  holderOf: HolderOf,
  syncOf: (workspace: string) => SyncControl | undefined,
): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const path = '/workspaces/:slug/sync';

  routes.get(
    path,
    {
      config: { docs: { refuses: [404, 409] } },
      schema: {
        tags: ['admin'],
        operationId: 'readSync',
        summary: 'How far the full read of Mode is, and how the last one ended',
        params: ByWorkspace,
        response: { 200: Sync },
      },
    },
    (request) => {
      const workspace = ownWorkspace(holderOf(request), request.params.slug);
      return render(holding(syncOf(workspace)).state);
    },
  );

  routes.post(
    path,
    {
      config: { docs: { refuses: [404, 409, 413, 415] } },
      schema: {
        tags: ['admin'],
        operationId: 'startSync',
        summary: 'Read all of Mode now',
        params: ByWorkspace,
        querystring: Type.Object({
          everything: Type.Optional(
            Type.Boolean({ description: 'The members of every group, whatever the counts say' }),
          ),
        }),
        response: { 202: Sync },
      },
    },
    (request, reply) => {
      const workspace = ownWorkspace(holderOf(request), request.params.slug);
      const control = holding(syncOf(workspace));
      control.request(request.query.everything ?? false);
      void reply.code(202);
      return render(control.state);
    },
  );
}

function holding(sync: SyncControl | undefined): SyncControl {
  if (sync?.holds === true) return sync;
  throw new BridgeError(
    'conflict',
    'Another bridge on this database works for the workspace, or none does yet: send the request to that bridge, or try again in half a minute.',
  );
}

function render({ running, last }: SyncState): Static<typeof Sync> {
  const result = last !== null && 'result' in last ? last.result : undefined;
  return {
    running: running === null ? null : { started_at: instant(running.startedAt), ...running.progress },
    last:
      last === null
        ? null
        : {
            started_at: instant(last.startedAt),
            ended_at: instant(last.endedAt),
            failure: 'failure' in last ? last.failure : null,
            groups: result?.groups ?? 0,
            groups_read: result?.groupsRead ?? 0,
            groups_failed: result?.groupsFailed ?? 0,
          },
  };
}
