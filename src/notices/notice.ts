/**
 * A notice: something that people must know without having to look, sent to a webhook and to the log. Each condition
 * has one notice until it is over.
 */

export type NoticeKind =
  /** Removals are held until a person decides. */
  | 'holds.opened'
  | 'holds.over'
  /** Steps that a person must do. */
  | 'tasks.opened'
  | 'tasks.over'
  /** Users and groups that the bridge could not bring to Mode for long. */
  | 'trouble.opened'
  | 'trouble.over'
  /** People whose access was not removed in time. */
  | 'leavers.opened'
  | 'leavers.over'
  /** Mode as a whole fails. */
  | 'outage.opened'
  | 'outage.over'
  /** Tokens of the bridge that expire soon, or have expired. */
  | 'tokens.opened'
  | 'tokens.over'
  /** Mode refuses the credentials of the bridge. */
  | 'credentials.opened'
  | 'credentials.over'
  /** From the command "notices test". */
  | 'test';

export interface NoticeDraft {
  readonly kind: NoticeKind;
  /** One or two sentences, which Slack shows as they are. */
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `logged`: no webhook is configured. `given_up`: the webhook did not accept it for a day. */
export type NoticeState = 'waiting' | 'delivered' | 'logged' | 'given_up';

export interface Notice extends NoticeDraft {
  /** The `webhook-id`: the same for every try. */
  readonly id: string;
  readonly workspace: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly state: NoticeState;
  readonly attempts: number;
  /** What the webhook answered last; null: it was not tried. */
  readonly answer: string | null;
}

/** The current items of one topic, by id. */
export interface Condition {
  /** Unique in the workspace, such as `holds okta`. */
  readonly topic: string;
  readonly kind: 'holds' | 'tasks' | 'trouble' | 'leavers' | 'tokens' | 'outage' | 'credentials';
  readonly items: readonly string[];
  /** False while more of a burst may come: nothing is announced yet. */
  readonly isSettled: boolean;
  /** @param fresh how many of the items were not announced before */
  readonly describe: (fresh: number) => Omit<NoticeDraft, 'kind'>;
}
