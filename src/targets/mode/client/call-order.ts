/**
 * How pressing a call is. What takes access away goes before everything else; a call for a group lets calls for people
 * pass, but not for ever. Everything that an operation calls is as pressing as the operation.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Operation } from '../../../provisioning/model/operation.ts';

export type CallOrder = 'urgent' | 'normal' | 'group' | 'feed';

/**
 * How long a waiting call lets later calls pass that are more pressing. It has an end, because a call that waits may hold
 * what a more pressing one needs. Milliseconds; urgent calls let nothing pass.
 */
export const CALL_PATIENCE_MS: Readonly<Record<CallOrder, number>> = {
  urgent: 0,
  normal: 0,
  group: 30_000,
  feed: 120_000,
};

export interface CallOrders {
  /** Of the work that is going on; `normal` outside of `run`. */
  readonly current: CallOrder;
  run<T>(order: CallOrder, work: () => Promise<T>): Promise<T>;
}

export function createCallOrders(): CallOrders {
  const storage = new AsyncLocalStorage<CallOrder>();
  return {
    get current() {
      return storage.getStore() ?? 'normal';
    },
    run: (order, work) => storage.run(order, work),
  };
}

/** Removals of people and of roles are urgent; new people come before the members of groups. */
export function orderOf(operation: Operation): CallOrder {
  switch (operation.type) {
    case 'remove_member':
      return 'urgent';
    case 'set_admin':
      return operation.admin ? 'normal' : 'urgent';
    // A person who is taken out of a group loses access, too.
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
