/** Notices, and their open topics. */

export interface NoticeTopicsTable {
  workspace: string;
  topic: string;
  kind: string;
  /** A JSON list of ids. */
  items: string;
}

export interface NoticesTable {
  /** The `webhook-id`. */
  id: string;
  workspace: string;
  kind: string;
  text: string;
  data: string;
  created_at: number;
  state: string;
  attempts: number;
  answer: string | null;
  /** Null when it is not sent any more. */
  due_at: number | null;
}
