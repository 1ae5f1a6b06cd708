/** Decides which notices to send, from the current conditions and what was announced. Pure. */
import type { Announcement, Topic } from './notice-store.ts';
import type { Condition, NoticeKind } from './notice.ts';

/** `{target}` is the name of the target. */
const OVER: Readonly<Record<string, string>> = {
  holds: 'No held removal waits for a decision',
  tasks: 'All tasks are done',
  trouble: 'No user or group is blocked or parked for more than an hour',
  leavers: 'Everybody who left too late is removed',
  tokens: 'No token expires soon',
  outage: '{target} works again',
  credentials: '{target} accepts the credentials of the bridge again',
};

/** @param announced topics that are not over @param conditions all current conditions */
export function planNotices(
  { workspace, target }: { readonly workspace: string; readonly target: string },
  announced: readonly Topic[],
  conditions: readonly Condition[],
): readonly Announcement[] {
  const byTopic = new Map(announced.map((topic) => [topic.topic, topic]));
  const now = new Set(conditions.filter(({ items }) => items.length > 0).map(({ topic }) => topic));
  const opened = conditions.flatMap((condition): readonly Announcement[] => {
    const { topic, kind, items, isSettled, describe } = condition;
    const before = byTopic.get(topic)?.items;
    const known = new Set(before);
    const fresh = items.filter((item) => !known.has(item)).length;
    if (fresh === 0 || !isSettled) return [];
    const { text, data } = describe(fresh);
    const notice = { kind: `${kind}.opened` as NoticeKind, text: `${text} (${workspace})`, data };
    return [{ before, topic: { topic, kind, items }, notice }];
  });
  const over = announced
    .filter(({ topic }) => !now.has(topic))
    .map(({ topic, kind, items: before }): Announcement => {
      const what = (OVER[kind] ?? topic).replace('{target}', target);
      const text = `${what}: ${topic} (${workspace})`;
      const notice = { kind: `${kind}.over` as NoticeKind, text, data: { topic } };
      return { before, topic: { topic, kind, items: [] }, notice };
    });
  return [...opened, ...over];
}
