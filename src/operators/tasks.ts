/** Tasks: manual steps that the target's API cannot do. */
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { Task, TaskStore } from '../provisioning/plan/task.ts';

export const MAX_TASKS = 1_000;

export interface Tasks {
  /** Open ones, the oldest first; with `closed` also those that were closed, the latest first. */
  list(
    workspace: string,
    options: { readonly closed: boolean; readonly limit?: number },
  ): Promise<readonly Task[]>;
  countOpen(workspace: string): Promise<number>;
  /**
   * Closes a task by hand, and enqueues its subject. @param by who does it, for the change log @throws BridgeError
   * not_found when none of the workspaces has such an open task
   */
  close(workspaces: readonly string[], id: string, by?: string): Promise<void>;
}

export function createTasks(store: TaskStore, clock: Clock): Tasks {
  return {
    list: (workspace, { closed, limit = MAX_TASKS }) => store.list(workspace, { closed, limit }),
    countOpen: (workspace) => store.count(workspace),
    close: async (workspaces, id, by) => {
      for (const workspace of workspaces) if (await store.close(workspace, id, clock.now(), by)) return;
      throw new BridgeError('not_found', `There is no open task with the id ${id}: "tasks list" shows them.`);
    },
  };
}
