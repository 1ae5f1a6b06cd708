/** Makes the context that the parts of a worker share. */
import type { CapabilityStore } from '../provisioning/capability/capability-book.ts';
import { createShortReadGuard } from './reading/short-read-guard.ts';
import { createLocks } from './running/locks.ts';
import type { WorkContext } from './work-context.ts';
import type { WorkspaceLease } from './workspace-lease.ts';

export type WorkerOptions = Omit<WorkContext, 'locks' | 'shortReads' | 'holdsWorkspace'> & {
  readonly workspaceLease: WorkspaceLease;
  /** The store of operators' requests for a probe. */
  readonly requests: CapabilityStore;
};

/** @param options what the context of a worker is made from */
export function workContext({ workspaceLease, ...options }: Omit<WorkerOptions, 'requests'>): WorkContext {
  return {
    ...options,
    locks: createLocks(),
    shortReads: createShortReadGuard(options.clock),
    holdsWorkspace: () => workspaceLease.isHeldFor(0),
  };
}
