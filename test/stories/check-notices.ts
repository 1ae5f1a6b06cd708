/**
 * Whether people are told: everything that is the matter for a while is in a notice, nothing is in two, and the webhook gets
 * each at least once, whatever fails and whoever is killed meanwhile.
 */
import { noticeSources } from '../../src/app/notice-sources.ts';
import { leaverObjectiveMsOf } from '../../src/app/leaver-objective.ts';
import { conditionsOf } from '../../src/notices/conditions.ts';
import type { Told } from './told.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Also after a bridge was killed, there is a notice by then. */
const TOLD_MS = 10 * MINUTE_MS;
const MAX = 1_000;

/** @param ms how much time has passed since the last look */
export async function watchTold({ world, pending }: Told, ms: number): Promise<void> {
  const store = world.bridges.find(({ life }) => life.alive)?.store;
  if (store === undefined) return;
  const now = world.clock.now();
  const sources = noticeSources(store, 'acme', leaverObjectiveMsOf([])('acme'), world.clock);
  const conditions = conditionsOf({
    ...{ now, target: 'Mode', outageMs: Infinity, outage: null, tokens: [] },
    trouble: await store.notices.inTrouble('acme', now - HOUR_MS, MAX),
    holds: await sources.holds(MAX),
    tasks: await sources.tasks(MAX),
    leavers: await sources.leavers(MAX),
  });
  const topics = new Map((await store.notices.topics('acme')).map(({ topic, items }) => [topic, items]));
  const items = conditions.flatMap(({ topic, items: ids }) => ids.map((id) => ({ topic, id })));
  const seen = new Set(items.map(({ topic, id }) => `${topic} ${id}`));
  for (const key of pending.keys()) if (!seen.has(key)) pending.delete(key);
  for (const { topic, id } of items) {
    const key = `${topic} ${id}`;
    const known = pending.get(key);
    pending.set(key, known === undefined ? 0 : known + ms);
    if ((known ?? -ms) + ms >= TOLD_MS && topics.get(topic)?.includes(id) !== true)
      throw new Error(
        `Nobody is told of ${key}, for ${Math.round(((known ?? 0) + ms) / MINUTE_MS)} minutes.`,
      );
  }
}

/** @throws when a notice did not arrive, or something is in two of them */
export function checkNotices({ world }: Told): void {
  const { announced, receiver } = world;
  for (const { id, topic, fresh } of announced) {
    const bodies = receiver.got.get(id)?.size ?? 0;
    if (bodies !== 1) throw new Error(`The webhook got the notice ${id} of ${topic} in ${bodies} versions.`);
    // Users and groups that are in trouble again are in another notice.
    if (topic === 'trouble') continue;
    const other = announced.find(
      (one) => one.id !== id && one.topic === topic && one.fresh.some((item) => fresh.includes(item)),
    );
    if (other !== undefined) throw new Error(`Two notices of ${topic} are about ${fresh.join(', ')}.`);
  }
  const ids = new Set(announced.map(({ id }) => id));
  for (const id of receiver.got.keys())
    if (!ids.has(id)) throw new Error(`The webhook got ${id}, which no bridge has announced.`);
}
