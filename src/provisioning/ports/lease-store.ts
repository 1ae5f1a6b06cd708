/**
 * The worker's port to the leases of workspaces. A workspace has one holder at a time, and each new holder has a higher
 * fence.
 */

/** A bridge that wants to work for a workspace. */
export interface Holder {
  readonly workspace: string;
  /** The unique name of the bridge. */
  readonly holder: string;
  readonly now: number;
  readonly leaseMs: number;
  /** The end of another bridge's lease that has not changed for the length of a lease, so that its holder is gone. */
  readonly deadUntil?: number | undefined;
  /** The time worked for the workspace since the lease was last taken or extended. Milliseconds. */
  readonly workedMs?: number;
}

export interface LeaseStore {
  /**
   * Gives the lease of the workspace to the holder, or extends it. An extension adds to the time worked for the
   * workspace, which does not depend on a wall clock. @returns the fence; undefined while another bridge has the lease
   */
  acquireWorkspace(holder: Holder): Promise<number | undefined>;
  /** The current or last holder of the workspace, and the end of its lease; undefined when there was none. */
  workspaceLease(workspace: string): Promise<{ readonly holder: string; readonly until: number } | undefined>;
  /** Ends the lease at once. */
  releaseWorkspace(workspace: string, holder: string): Promise<void>;
  /** Ends all leases. Only for a store that no other bridge uses. */
  releaseAllWorkspaces(): Promise<void>;
}
