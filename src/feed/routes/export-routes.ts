/** Whole snapshots in every format, at the reader's pace. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { sendContent } from '../send-content.ts';
import type { FeedContext, FeedScope } from '../feed-context.ts';
import type { FeedFormat } from '../feed-format.ts';
import { feedFormat, FEED_FORMATS } from '../formats.ts';
import { parseSnapshotId } from '../page-cursor.ts';
import { UNCHANGED, WholeSnapshot } from '../wire-schema.ts';

const ExportQuery = Type.Object({
  snapshot: Type.Optional(Type.String({ description: '"snapshot" of any page. Default: the current state' })),
});

/** The formats by media type, without parameters. */
const FILES = Object.fromEntries(
  FEED_FORMATS.map(({ mediaType }) => {
    const type = mediaType.split(';', 1)[0] ?? '';
    return [type, { schema: type === 'application/json' ? Type.Object({}) : Type.String() }];
  }),
);

export function registerExports(scope: FeedScope, context: FeedContext): void {
  scope.get(
    '/snapshot',
    {
      config: { docs: { refuses: [410, 429] } },
      schema: {
        tags: ['feed'],
        operationId: 'readSnapshot',
        summary: 'The whole snapshot: accounts, groups, roles, resources, entitlements and grants',
        querystring: ExportQuery,
        response: { 200: WholeSnapshot, 304: UNCHANGED },
      },
    },
    (request, reply) => sendExport(context, feedFormat('json'), request, reply),
  );

  scope.get(
    '/export/:format',
    {
      config: { docs: { refuses: [410, 429] } },
      schema: {
        tags: ['feed'],
        operationId: 'exportSnapshot',
        summary: `The whole snapshot as a file: ${FEED_FORMATS.map(({ name }) => name).join(', ')}`,
        params: Type.Object({
          format: Type.String({ description: FEED_FORMATS.map(({ name }) => name).join(', ') }),
        }),
        querystring: ExportQuery,
        response: { 200: { description: 'The file', content: FILES }, 304: UNCHANGED },
      },
    },
    (request, reply) => {
      const format = feedFormat(request.params.format);
      void reply.header('content-disposition', `attachment; filename="mode.${format.ending}"`);
      return sendExport(context, format, request, reply);
    },
  );
}

async function sendExport(
  { store, clock, holderOf, streams, stallMs }: FeedContext,
  { name, mediaType, packed = false, encode }: FeedFormat,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspace } = holderOf(request);
  const { snapshot: id } = request.query as { snapshot?: string };
  const named = id === undefined ? undefined : parseSnapshotId(id);
  const done = streams.enter();
  const taken =
    named === undefined ? store.takeSnapshot(workspace, clock) : store.snapshot(workspace, named, clock);
  const snapshot = await taken.catch((error: unknown) => {
    done();
    throw error;
  });
  const identity = [snapshot.id, 'export', name];
  const body = () => encode(snapshot);
  return sendContent(request, reply, { identity, mediaType, packed, body, stallMs, done });
}
