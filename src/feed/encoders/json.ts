/** The whole snapshot as one JSON object, with a list for each kind. */
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import { FEED_KINDS } from '../model.ts';
import { headerOf, jsonOf } from './lines.ts';

async function* encode(snapshot: FeedSnapshot): AsyncGenerator<string> {
  yield JSON.stringify(headerOf(snapshot)).slice(0, -1);
  for (const kind of FEED_KINDS) {
    yield `,"${kind}":[`;
    let separator = '';
    for await (const items of jsonOf(snapshot, kind)) {
      yield separator + items.join(',');
      separator = ',';
    }
    yield ']';
  }
  yield '}\n';
}

export const json: FeedFormat = { name: 'json', ending: 'json', mediaType: 'application/json', encode };
