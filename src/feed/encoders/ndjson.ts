/**
 * The whole snapshot as lines of JSON: a header, a line for each item with its kind, and a last line with the counts. A file
 * without the last line is incomplete.
 */
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import { FEED_KINDS, type FeedKind } from '../model.ts';
import { headerOf, jsonOf } from './lines.ts';

/** The `type` of a line for each kind. */
const LINE_TYPES: Readonly<Record<FeedKind, string>> = {
  accounts: 'account',
  groups: 'group',
  roles: 'role',
  resources: 'resource',
  entitlements: 'entitlement',
  grants: 'grant',
};

async function* encode(snapshot: FeedSnapshot): AsyncGenerator<string> {
  yield `${JSON.stringify({ type: 'snapshot', ...headerOf(snapshot) })}\n`;
  for (const kind of FEED_KINDS) {
    const start = `{"type":"${LINE_TYPES[kind]}","item":`;
    for await (const items of jsonOf(snapshot, kind)) yield `${start}${items.join(`}\n${start}`)}}\n`;
  }
  yield `${JSON.stringify({ type: 'end', counts: snapshot.counts })}\n`;
}

export const ndjson: FeedFormat = {
  name: 'ndjson',
  ending: 'ndjson',
  mediaType: 'application/x-ndjson',
  encode,
};
