/** The progress of a full read of the target, and the result of the last one. */

export interface SyncProgress {
  readonly phase: 'members' | 'groups' | 'group members' | 'unmanaged';
  readonly done: number;
  readonly of: number;
}

export interface SyncResult {
  readonly groups: number;
  /** Groups whose members were read. */
  readonly groupsRead: number;
  /** Groups whose members could not be read. */
  readonly groupsFailed: number;
  /** Subjects whose job was lost, and that were enqueued again. */
  readonly woken: number;
}

/** Milliseconds since the epoch. */
export interface SyncState {
  /** Null when none is in progress. */
  readonly running: { readonly startedAt: number; readonly progress: SyncProgress } | null;
  /** Null when none has ended since this bridge started. */
  readonly last:
    | { readonly startedAt: number; readonly endedAt: number; readonly result: SyncResult }
    | { readonly startedAt: number; readonly endedAt: number; readonly failure: string }
    | null;
}

/** What operators may ask of the worker of a workspace. */
export interface SyncControl {
  /** False when another bridge on this database works for the workspace. */
  readonly holds: boolean;
  readonly state: SyncState;
  /** Reads all of the target as soon as it can. @param everything the members of every group, whatever the counts say */
  request(everything: boolean): void;
}
