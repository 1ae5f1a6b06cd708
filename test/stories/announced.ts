/** Which notices the bridges of a story have made, and about what: as they were written, whoever was killed after that. */
import type { NoticeStore, Topic } from '../../src/notices/notice-store.ts';

export interface Announced {
  readonly id: string;
  readonly topic: string;
  /** What the topic did not have before. */
  readonly fresh: readonly string[];
}

/** @param all gets each notice */
export function watchNotices(notices: NoticeStore, all: Announced[]): NoticeStore {
  return {
    ...notices,
    announce: async (workspace, announcement, how) => {
      const notice = await notices.announce(workspace, announcement, how);
      const { before, topic } = announcement;
      if (notice !== undefined)
        all.push({ id: notice.id, topic: topic.topic, fresh: freshOf(before, topic) });
      return notice;
    },
  };
}

function freshOf(before: readonly string[] | undefined, { items }: Topic): readonly string[] {
  const known = new Set(before);
  return items.filter((item) => !known.has(item));
}
