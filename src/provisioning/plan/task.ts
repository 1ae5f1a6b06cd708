/**
 * A manual step that the target's API cannot do. It is closed when a later look finds that it is done. A person who
 * closes a task confirms that it is done, and it is not opened again for the same request.
 */
import type { Subject } from '../../directory/subject.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import type { Reason } from '../reason/reason.ts';

export const TASK_ACTIONS = [
  'invite',
  'reinstate',
  'remove_member',
  'make_admin',
  'unmake_admin',
  'update_profile',
  'create_group',
  'rename_group',
  'delete_group',
  'set_group_members',
] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

/** What a task is about, to find the page where a person can do it. */
export type TaskPlace =
  | { readonly kind: 'invites' }
  | { readonly kind: 'member'; readonly member: ObservedMember }
  | { readonly kind: 'groups' }
  | { readonly kind: 'group'; readonly targetGroupId: string };

/** A task of a plan. */
export interface WantedTask {
  readonly action: TaskAction;
  /** What to do. */
  readonly what: readonly Reason[];
  /** Why the bridge cannot do it: the target's answer. */
  readonly why: string;
  /** When the step was tried and refused for this subject; null when it was not tried. */
  readonly triedAt: number | null;
  readonly place: TaskPlace;
}

/** `done`: a later look found that it is done. `person`: somebody closed it by hand. */
export type ClosedBy = 'done' | 'person';

export interface RememberedTask {
  readonly id: string;
  readonly action: TaskAction;
  readonly what: readonly Reason[];
  readonly why: string;
  readonly triedAt: number | null;
  readonly closedBy: ClosedBy | null;
}

/** A task for operators. */
export interface Task extends RememberedTask {
  readonly workspace: string;
  readonly subject: Subject;
  /** The userName or the group's name. */
  readonly name: string;
  /** The connection whose IdP asked for it; null when the subject has no owner any more. */
  readonly askedBy: string | null;
  /** A page of the target. */
  readonly link: string;
  readonly since: number;
  readonly closedAt: number | null;
}

export interface NewTask extends Omit<WantedTask, 'place'> {
  readonly id: string;
  readonly link: string;
}

/** The changes of a subject's tasks after a look; stored in one transaction. */
export interface TaskWrite {
  readonly workspace: string;
  readonly subject: Subject;
  readonly at: number;
  readonly open: readonly NewTask[];
  /** Tasks whose text has changed. */
  readonly update: readonly Pick<RememberedTask, 'id' | 'what' | 'why' | 'triedAt'>[];
  /** Tasks that are done. */
  readonly done: readonly string[];
}

/** The port to stored tasks. Each write is atomic and durable when it resolves. */
export interface TaskStore {
  /** Open tasks of one subject, and tasks that a person closed while the request is the same. */
  remembered(workspace: string, subject: Subject): Promise<readonly RememberedTask[]>;
  /** Opens, updates and closes tasks. An action has at most one open task. */
  write(write: TaskWrite): Promise<void>;
  /** Open ones, the oldest first; with `closed` also those that were closed, the latest first. */
  list(
    workspace: string,
    options: { readonly closed: boolean; readonly limit: number },
  ): Promise<readonly Task[]>;
  count(workspace: string): Promise<number>;
  /**
   * Closes a task by hand, and enqueues its subject.
   * @returns false when the workspace has no such open task
   */
  close(workspace: string, id: string, at: number, by?: string | null): Promise<boolean>;
}

/** The step for a person in place of the operation; null for an operation without a call. */
export function actionOf(operation: Operation): TaskAction | null {
  switch (operation.type) {
    case 'invite':
      return operation.former === null ? 'invite' : 'reinstate';
    case 'set_admin':
      return operation.admin ? 'make_admin' : 'unmake_admin';
    case 'add_group_member':
    case 'remove_group_member':
      return 'set_group_members';
    case 'adopt_group':
      return null;
    case 'remove_member':
    case 'update_profile':
    case 'create_group':
    case 'rename_group':
    case 'delete_group':
      return operation.type;
  }
}
