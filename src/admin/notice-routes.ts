/** Notices: what the bridge reported to people. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { MAX_NOTICES, type Notices } from '../operators/notices.ts';
import { NoticeView, viewNotice } from './notice-view.ts';
import type { HolderOf } from './own-workspace.ts';

const DEFAULT_NOTICES = 100;

export function registerNotices(scope: FastifyInstance, holderOf: HolderOf, notices: Notices): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/notices',
    {
      schema: {
        tags: ['admin'],
        operationId: 'listNotices',
        summary: 'List the notices, newest first, and whether the webhook accepted them',
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: MAX_NOTICES, default: DEFAULT_NOTICES }),
        }),
        response: { 200: Type.Object({ notices: Type.Array(NoticeView) }) },
      },
    },
    async (request) => {
      const listed = await notices.list(holderOf(request).workspace, request.query.limit);
      return { notices: listed.map(viewNotice) };
    },
  );
}
