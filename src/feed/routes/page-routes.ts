/** Pages of each kind. The pages of one review belong to one snapshot, which the cursor or the parameter `snapshot` names. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { BridgeError } from '../../errors.ts';
import { sendContent } from '../send-content.ts';
import { headerOf } from '../encoders/lines.ts';
import type { FeedContext, FeedScope } from '../feed-context.ts';
import { FEED_KINDS, type FeedKind } from '../model.ts';
import { parseCursor, parseSnapshotId, writeCursor } from '../page-cursor.ts';
import { wire } from '../wire.ts';
import { pageOf, UNCHANGED } from '../wire-schema.ts';

const MAX_ITEMS = 5_000;
const DEFAULT_ITEMS = 1_000;

const PageQuery = Type.Object({
  cursor: Type.Optional(Type.String({ description: '"next_cursor" of the previous page' })),
  snapshot: Type.Optional(
    Type.String({
      description: '"snapshot" of any page, to read the same state. Default: the current state',
    }),
  ),
  limit: Type.Integer({ minimum: 1, maximum: MAX_ITEMS, default: DEFAULT_ITEMS }),
});

const SUMMARIES: Readonly<Record<FeedKind, string>> = {
  accounts: 'People: their state on Mode, and what the IdP wants',
  groups: 'Groups',
  roles: 'Roles',
  resources: 'Collections and data sources, if permissions are read',
  entitlements: 'What groups, roles and resources offer',
  grants: 'Who holds what',
};

export function registerPages(scope: FeedScope, context: FeedContext): void {
  for (const kind of FEED_KINDS) {
    scope.get(
      `/${kind}`,
      {
        config: { docs: { refuses: [410] } },
        schema: {
          tags: ['feed'],
          operationId: `list${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
          summary: SUMMARIES[kind],
          querystring: PageQuery,
          response: { 200: pageOf(kind), 304: UNCHANGED },
        },
      },
      (request, reply) => sendPage(context, kind, request, reply),
    );
  }
}

async function sendPage(
  { store, clock, holderOf, stallMs }: FeedContext,
  kind: FeedKind,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspace } = holderOf(request);
  const query = request.query as { cursor?: string; snapshot?: string; limit: number };
  const { limit } = query;
  const start = query.cursor === undefined ? undefined : parseCursor(kind, query.cursor);
  const named = query.snapshot === undefined ? undefined : parseSnapshotId(query.snapshot);
  if (start !== undefined && named !== undefined && named !== start.snapshot) {
    throw new BridgeError(
      'invalid_cursor',
      'The cursor belongs to another snapshot than "snapshot" names. Leave "snapshot" out.',
    );
  }
  const id = start?.snapshot ?? named;
  const snapshot =
    id === undefined
      ? await store.takeSnapshot(workspace, clock)
      : await store.snapshot(workspace, id, clock);
  const after = start?.after ?? 0;
  const { items, next } = await snapshot.page(kind, after, limit);
  const next_cursor = next === null ? null : writeCursor(kind, { snapshot: snapshot.id, after: next });
  if (next_cursor !== null) {
    const path = request.url.split('?', 1)[0] ?? '';
    void reply.header('link', `<${path}?cursor=${next_cursor}&limit=${limit}>; rel="next"`);
  }
  const body = JSON.stringify({
    ...headerOf(snapshot),
    total: snapshot.counts[kind],
    items: items.map((item) => wire[kind](item as never)),
    next_cursor,
  });
  return sendContent(request, reply, {
    identity: [snapshot.id, kind, after, limit],
    mediaType: 'application/json; charset=utf-8',
    stallMs,
    // eslint-disable-next-line @typescript-eslint/require-await -- the single piece is already there
    body: async function* () {
      yield body;
    },
  });
}
