/** The port for explanations: the history of one person, and what is known about the person now. Reads only. */
import type { Change } from '../../directory/change.ts';
import type { LoggedRequest } from '../../directory/requests/logged-request.ts';
import type { Subject } from '../../directory/subject.ts';
import type { DeliveryState } from '../../provisioning/job/delivery.ts';
import type { Outage } from '../../provisioning/job/outage.ts';
import type { ObservedMember } from '../../provisioning/model/observed.ts';
import type { Task } from '../../provisioning/plan/task.ts';
import type { Reason } from '../../provisioning/reason/reason.ts';

/** A person as the directory has them. Instants are milliseconds since the epoch. */
export interface KnownPerson {
  readonly id: string;
  readonly userName: string;
  readonly email: string | null;
  readonly fullName: string | null;
  /** The connection that owns them; null: no IdP has pushed them, or their connection was removed. */
  readonly ownerId: string | null;
  readonly active: boolean;
  readonly admin: boolean | null;
  readonly deletedAt: number | null;
}

/** How a row of the target is known. */
export interface Seen {
  /** When a read last showed it; null while only the bridge's own write is known. */
  readonly readAt: number | null;
  readonly how: string | null;
  /** When the bridge changed it, and no read has shown that since. */
  readonly writtenAt: number | null;
}

export interface SeenMember extends Seen {
  readonly member: ObservedMember;
}

/** A group that the person is or was in, in the IdP or on the target. */
export interface KnownGroup {
  /** Null: only the target has it. */
  readonly id: string | null;
  readonly name: string;
  readonly ownerId: string | null;
  readonly deletedAt: number | null;
  /** The target's group. */
  readonly token: string | null;
  /** The IdP has the person in it. */
  readonly wanted: boolean;
  /** The target has the person in it; null when no such membership is known. */
  readonly seen: Seen | null;
  /** When the members of the target's group were last read. */
  readonly readAt: number | null;
}

/** The state of the work on a subject. */
export interface Progress {
  readonly state: DeliveryState | null;
  readonly reasons: readonly Reason[];
  /** Since when that is so. */
  readonly since: number | null;
  /** Null without a job. */
  readonly job: { readonly parked: boolean; readonly dueAt: number; readonly attempts: number } | null;
}

export interface HistoryEntry {
  readonly change: Change;
  /** The request that caused it; null when there was none, or the entry is older than this field. */
  readonly requestId: string | null;
  /** The same for all changes of one transaction. */
  readonly txn: string | null;
}

export interface HeldOperation {
  readonly id: string;
  readonly subjectId: string;
  readonly operation: string;
  readonly key: string;
  readonly reason: Reason;
  readonly since: number;
  readonly decision: string | null;
}

/** A step that waits for a person, as `tasks list` shows it. */
export type OpenTask = Pick<Task, 'id' | 'action' | 'what' | 'why' | 'link' | 'since'> & {
  readonly subjectId: string;
};

export interface ExplainStore {
  /** Users with that id, userName or address, including deleted ones, best match first. */
  findPeople(workspace: string, text: string, limit: number): Promise<readonly KnownPerson[]>;
  /** Members of the target with that key, token, username or address. */
  findMembers(workspace: string, text: string, limit: number): Promise<readonly SeenMember[]>;
  /** The newest changes of a subject, newest first. */
  history(workspace: string, subject: Subject, limit: number): Promise<readonly HistoryEntry[]>;
  /**
   * The newest changes that are about a person in groups, newest first, at most `limit` for each group.
   * @param names the id of the user, and the tokens of their accounts
   */
  memberHistory(workspace: string, names: readonly string[], limit: number): Promise<readonly HistoryEntry[]>;
  /** Groups with those ids, and all that the person is in. @param token of the account; null when there is none */
  groupsOf(
    workspace: string,
    person: { readonly userId: string | null; readonly token: string | null },
    also: readonly string[],
    limit: number,
  ): Promise<readonly KnownGroup[]>;
  /** Groups of that name, as `groupsOf` has them; deleted ones last. */
  groupsNamed(
    workspace: string,
    person: { readonly userId: string | null; readonly token: string | null },
    name: string,
  ): Promise<readonly KnownGroup[]>;
  progress(workspace: string, subjects: readonly Subject[]): Promise<ReadonlyMap<string, Progress>>;
  holdsOf(workspace: string, subjects: readonly Subject[]): Promise<readonly HeldOperation[]>;
  /** The oldest first. */
  openTasksOf(workspace: string, subjects: readonly Subject[]): Promise<readonly OpenTask[]>;
  /** The requests with these ids that the request log still has. */
  requestsById(ids: readonly string[]): Promise<ReadonlyMap<string, LoggedRequest>>;
  outage(workspace: string): Promise<Outage | null>;
}
