/** Decides which notices to send, from the current conditions and what was announced. Pure. */
import type { Announcement, Topic } from './notice-store.ts';
import type { Condition, NoticeKind } from './notice.ts';

const OVER: Readonly<Record<string, string>> = {
  holds: 'All held removals are decided, or nobody wants them any more',
  tasks: 'All tasks are done',
  trouble: 'Every user and group that waited for long is in Mode again as the IdP wants it',
  leavers: 'Everybody who left too late is removed',
  tokens: 'No token expires soon',
  outage: 'Mode works again',
  credentials: 'Mode accepts the credentials of the bridge again',
};

/** @param announced topics that are not over @param conditions all current conditions */
export function planNotices(
  workspace: string,
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
      const text = `${OVER[kind] ?? topic}: ${topic} (${workspace})`;
      const notice = { kind: `${kind}.over` as NoticeKind, text, data: { topic } };
      return { before, topic: { topic, kind, items: [] }, notice };
    });
  return [...opened, ...over];
}
