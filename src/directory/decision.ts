/** Entries of the change log about decisions of people and of the configuration: for the audit log, never for the feed. */
import type { Subject } from './subject.ts';

/** The name of the configuration as the decider, at a start. */
export const CONFIGURATION = 'configuration';

/** The person who decides, and the time. */
export interface Decided {
  /** `command line`, `configuration`, or the token of the admin API; undefined when unknown. */
  readonly by?: string | null | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface Decision<Kind extends string, About extends Subject | null, Data extends object> {
  readonly kind: Kind;
  readonly subject: About;
  readonly data: Readonly<Data> & { readonly by: string | null };
}

interface OfHold {
  readonly hold: string;
  readonly operation: string;
  /** The e-mail of the person, or the name of the group. */
  readonly name: string;
  readonly group: string | null;
}

/** Ids of connections, tokens, holds and tasks. The text of a token is never in an entry. */
export type DecisionDraft =
  | Decision<
      'connection.added',
      null,
      { readonly connection: string; readonly name: string; readonly state: string }
    >
  | Decision<
      'connection.state_changed',
      null,
      {
        readonly connection: string;
        readonly before: string;
        readonly state: string;
        /** The plan with which it went live; null without a plan. */
        readonly plan: string | null;
      }
    >
  | Decision<'connection.removed', null, { readonly connection: string }>
  | Decision<'connection.drift_set', null, { readonly connection: string; readonly mode: string }>
  | Decision<
      'token.created',
      null,
      {
        readonly token: string;
        readonly opens: string;
        readonly connection: string | null;
        readonly label: string;
        /** Absent when it does not expire. */
        readonly expires?: string;
      }
    >
  | Decision<'token.revoked', null, { readonly token: string }>
  | Decision<'hold.approved' | 'hold.rejected', Subject, OfHold>
  | Decision<'task.closed', Subject, { readonly task: string; readonly action: string }>
  | Decision<'event_key.added', null, { readonly key: string }>
  /** All that was known of the target: members, groups, links, invites, tasks and holds. It begins empty. */
  | Decision<'mode.forgotten', null, object>
  | Decision<
      'undo.applied',
      null,
      {
        /** The id of its plan. A large undo has several entries, one for each transaction. */
        readonly undo: string;
        readonly connection: string;
        /** The window, as positions of the change log: after the first, up to the second. */
        readonly after: number;
        readonly upTo: number;
        /** How many users and groups this transaction changed. */
        readonly subjects: number;
      }
    >;
