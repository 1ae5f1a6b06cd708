/** The audit log: every decision and write, each with its hash. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { MAX_AUDIT_ENTRIES, type AuditLog } from '../operators/audit.ts';
import { At, instant, Text } from './instant.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';

const DEFAULT_ENTRIES = 100;
const Query = Type.Object({
  after: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER - 1,
    default: 0,
    description: '"next" of the previous page',
  }),
  limit: Type.Integer({ minimum: 1, maximum: MAX_AUDIT_ENTRIES, default: DEFAULT_ENTRIES }),
});
const Entry = Type.Object({
  seq: Type.Integer({ description: 'The number of the entry, from 1 on without gaps' }),
  position: Type.Integer({ description: 'The position in the change log' }),
  at: At,
  kind: Type.String({ description: 'Such as user.updated, operation.done or hold.approved' }),
  subject: Type.Union([Type.Object({ kind: Type.String(), id: Type.String() }), Type.Null()]),
  data: Type.Record(Type.String(), Type.Unknown()),
  request_id: Text,
  hash: Type.String({ description: 'SHA-256, hex' }),
});
const Page = Type.Object({
  entries: Type.Array(Entry),
  next: Type.Union([Type.Integer(), Type.Null()], { description: 'null: there are no more now' }),
  last: Type.Integer({ minimum: 0, description: 'The number of the last entry' }),
  waiting: Type.Integer({ minimum: 0, description: 'Changes that are not chained yet' }),
  public_key: Type.Union([Type.String(), Type.Null()], {
    description: 'The key that signs checkpoints and exports, PEM; null: nothing is signed',
  }),
});

export function registerAudit(scope: FastifyInstance, holderOf: HolderOf, audit: AuditLog): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['admin'] as const;
  const summary = 'List the entries of the audit log, oldest first; the command "audit export" writes files';

  async function page(
    workspace: string,
    { after, limit }: Static<typeof Query>,
  ): Promise<Static<typeof Page>> {
    const { entries, next, last, waiting, publicKey } = await audit.list(workspace, after, limit);
    return {
      entries: entries.map(({ at, data, requestId, ...entry }) => ({
        ...entry,
        at: instant(at),
        data: JSON.parse(data) as Record<string, unknown>,
        request_id: requestId,
      })),
      next,
      last,
      waiting,
      public_key: publicKey,
    };
  }

  routes.get(
    '/audit',
    { schema: { tags, operationId: 'listAudit', summary, querystring: Query, response: { 200: Page } } },
    (request) => page(holderOf(request).workspace, request.query),
  );
  routes.get(
    '/workspaces/:slug/audit',
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags,
        operationId: 'listWorkspaceAudit',
        summary: `${summary}, of a workspace`,
        params: ByWorkspace,
        querystring: Query,
        response: { 200: Page },
      },
    },
    (request) => page(ownWorkspace(holderOf(request), request.params.slug), request.query),
  );
}
