/**
 * Priority of a call. Calls that remove access go first. A call for a group lets calls for people pass, but only for a
 * limited time. All calls of an operation have the priority of the operation.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Operation } from '../../../provisioning/model/operation.ts';

export type CallPriority = 'urgent' | 'normal' | 'group' | 'feed';

/**
 * How long a waiting call lets later calls with a higher priority pass, in milliseconds. The time is limited, because the
 * waiting call may hold a lock that the other calls need.
 */
export const CALL_YIELD_MS: Readonly<Record<CallPriority, number>> = {
  urgent: 0,
  normal: 0,
  group: 30_000,
  feed: 120_000,
};

export interface CallPriorities {
  /** The priority of the current operation; `normal` outside of `run`. */
  readonly current: CallPriority;
  run<T>(priority: CallPriority, work: () => Promise<T>): Promise<T>;
}

export function createCallPriorities(): CallPriorities {
  const storage = new AsyncLocalStorage<CallPriority>();
  return {
    get current() {
      return storage.getStore() ?? 'normal';
    },
    run: (priority, work) => storage.run(priority, work),
  };
}

/** Removals of people and of roles are urgent. New people come before members of groups. */
export function priorityOf(operation: Operation): CallPriority {
  switch (operation.type) {
    case 'remove_member':
      return 'urgent';
    case 'set_admin':
      return operation.admin ? 'normal' : 'urgent';
    // Removing a person from a group also removes access.
    case 'remove_group_member':
    case 'invite':
    case 'update_profile':
      return 'normal';
    case 'create_group':
    case 'adopt_group':
    case 'rename_group':
    case 'delete_group':
    case 'add_group_member':
      return 'group';
  }
}
