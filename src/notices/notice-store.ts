/** The port to stored notices: what was announced, and what must still be sent. Each write is atomic, and durable when it resolves. */
import type { Outage } from '../provisioning/job/outage.ts';
import type { Notice, NoticeDraft } from './notice.ts';

/** What was announced of a topic, until it is over. */
export interface Topic {
  readonly topic: string;
  readonly kind: string;
  readonly items: readonly string[];
}

/** A change of one topic, with the notice about it. */
export interface Announcement {
  /** The items that were announced of the topic before; undefined: it was not announced. */
  readonly before: readonly string[] | undefined;
  /** No items: the topic is over. */
  readonly topic: Topic;
  /** undefined: no notice is needed. */
  readonly notice: NoticeDraft | undefined;
}

export interface TroubledSubject {
  readonly kind: 'user' | 'group';
  readonly id: string;
  readonly name: string;
}

export interface NoticeStore {
  topics(workspace: string): Promise<readonly Topic[]>;
  /**
   * Announces nothing when another bridge has changed the topic since it was read.
   * @param isSent false: there is no webhook @returns the notice, if there is one
   */
  announce(
    workspace: string,
    announcement: Announcement,
    options: { readonly at: number; readonly isSent: boolean },
  ): Promise<Notice | undefined>;
  /** Notices to send now, the oldest first. */
  due(workspace: string, now: number, limit: number): Promise<readonly Notice[]>;
  /** Records a try. @param retryAt when it is tried again; null: it is delivered, or given up */
  settle(
    id: string,
    result: { readonly state: Notice['state']; readonly answer: string; readonly retryAt: number | null },
  ): Promise<void>;
  /** Newest first. */
  list(workspace: string, limit: number): Promise<readonly Notice[]>;
  /** The current outage of the target; null while it works. */
  outage(workspace: string): Promise<Outage | null>;
  /** Users and groups that are blocked, or whose job is parked, without any change since `before`. */
  inTrouble(workspace: string, before: number, limit: number): Promise<readonly TroubledSubject[]>;
}
