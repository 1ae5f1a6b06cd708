/** The port of undo: the change log with its transactions, the plans that were shown, and the writes of an undo. */
import type { Connection } from '../../directory/access/connection.ts';
import type { Change } from '../../directory/change.ts';
import type { CommitResult, DirectoryWrite } from '../../directory/directory-store.ts';
import type { Group } from '../../directory/group/group.ts';
import type { PlannedStep } from '../../provisioning/dry-run/planned-step.ts';
import type { ApprovedRemoval } from '../../provisioning/dry-run/removals-of.ts';
import type { ReleasedLink } from './released-accounts.ts';
import type { Restored } from './restored.ts';

/** Positions of the change log. */
export interface UndoWindow {
  readonly after: number;
  readonly upTo: number;
}

export interface LogEntry {
  readonly change: Change;
  /** The same for all changes of one transaction; null for those of early versions. */
  readonly txn: string | null;
}

export interface KeptUndo {
  readonly id: string;
  readonly workspace: string;
  readonly connectionId: string;
  /** Milliseconds since the epoch, as the window. */
  readonly madeAt: number;
  readonly from: number;
  readonly to: number;
  readonly window: UndoWindow;
  readonly restored: readonly Restored[];
  readonly steps: readonly PlannedStep[];
}

export interface UndoStore {
  /** Everything that undo looks at, in order, after one position and up to another. */
  entries(workspace: string, range: UndoWindow & { readonly limit: number }): Promise<readonly LogEntry[]>;
  /** Which of the users and groups the change log has entries of the directory about, after the position. */
  writtenSince(workspace: string, ids: readonly string[], position: number): Promise<ReadonlySet<string>>;
  /** Of a group that is deleted. */
  deletedGroup(workspace: string, id: string): Promise<Group | undefined>;
  /** Keeps the plan among the last ones of its connection. A plan of the same id takes the place of the earlier one. */
  keepUndo(plan: KeptUndo): Promise<void>;
  keptUndo(connectionId: string, id: string): Promise<KeptUndo | undefined>;
  /**
   * Commits the write, approves these removals and drops these links, as one transaction; `conflict` also when a user has
   * another link by then.
   */
  commitUndo(
    connection: Connection,
    write: DirectoryWrite,
    removals: readonly ApprovedRemoval[],
    released: readonly ReleasedLink[],
  ): Promise<CommitResult>;
}
