/** The feed's port: snapshots, the change log after a position, and the current state of changed items. */
import { CHANGE_KINDS, isOfFeed } from '../../feed/feed-change.ts';
import type { FeedStore } from '../../feed/feed-store.ts';
import type { Engine } from '../engine/engine.ts';
import { feedSnapshots } from './feed-snapshots.ts';
import { feedTouched } from './feed-touched.ts';
import { prepared, slot } from '../engine/prepared.ts';
import { toChange } from '../log/to-change.ts';

export function feedReads(engine: Engine): FeedStore & { close(): void } {
  const { db } = engine;
  const newest = prepared(
    db
      .selectFrom('changes')
      .select('position')
      .where('workspace', '=', slot('workspace'))
      .orderBy('position', 'desc')
      .limit(1),
  );
  return {
    ...feedSnapshots(engine),
    touched: feedTouched(engine),

    async changesAfter(workspace, position, limit) {
      const query = db.selectFrom('changes').selectAll().where('workspace', '=', workspace);
      const later = query.where('position', '>', position).where('kind', 'in', CHANGE_KINDS);
      const rows = await later.orderBy('position').limit(limit).execute();
      return rows.map(toChange).filter(isOfFeed);
    },

    async lastPosition(workspace) {
      return (await engine.read(newest({ workspace })))[0]?.position ?? 0;
    },
  };
}
