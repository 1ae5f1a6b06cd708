/** The worker's port to the leases of workspaces: a workspace has one holder at a time, and each new holder has a higher fence. */

/** A bridge that wants to be the one that works for a workspace. */
export interface Holder {
  readonly workspace: string;
  /** Its own name, which no other bridge has. */
  readonly holder: string;
  readonly now: number;
  readonly leaseMs: number;
  /** The end of another's lease that has stood unchanged for as long as a lease lasts: its holder is gone. */
  readonly deadUntil?: number | undefined;
  /** How long it has worked for the workspace since it took or extended the lease last. Milliseconds. */
  readonly workedMs?: number;
}

export interface LeaseStore {
  /**
   * Gives the lease of the workspace to the holder, or extends it: then the time that it worked is added to the time worked
   * for the workspace, which no wall clock changes.
   * @returns the fence; undefined while somebody else is it
   */
  acquireWorkspace(holder: Holder): Promise<number | undefined>;
  /** Who holds the workspace, or held it last, and until when; undefined when nobody ever did. */
  workspaceLease(workspace: string): Promise<{ readonly holder: string; readonly until: number } | undefined>;
  /** Lets the next one in at once. */
  releaseWorkspace(workspace: string, holder: string): Promise<void>;
  /** Takes every workspace from its holder. Only for a store that no other bridge uses. */
  releaseAllWorkspaces(): Promise<void>;
}
