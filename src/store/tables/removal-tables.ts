/** Counted removals, and holds. */
import type { Flag } from './flag.ts';

/** A removal that was sent, or was about to be. The same removal of the same subject has one row. */
export interface RemovalsTable {
  workspace: string;
  kind: string;
  subject_id: string;
  operation_key: string;
  connection_id: string;
  /** Removals with the same scope are counted together; see `scopeOf`. */
  scope: string;
  /** The time worked for the workspace when it was last sent, not the wall clock. */
  worked_ms: number;
  /** An operator approved it, so it does not count against the limit. */
  approved: Flag;
  /** The target has accepted it. */
  done: Flag;
}

/** An operation that the gate holds. */
export interface HoldsTable {
  id: string;
  workspace: string;
  connection_id: string;
  kind: string;
  subject_id: string;
  operation: string;
  operation_key: string;
  /** The e-mail of the person, or the name of the group. */
  name: string;
  /** Of a removal from a group: the name of the group. */
  group_name: string | null;
  reason: string;
  since: number;
  /** `approved`, `rejected`, or null. */
  decision: string | null;
  decided_at: number | null;
  decided_by: string | null;
}
