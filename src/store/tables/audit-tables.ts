/** The audit log. The hashed entries are in the change log, from which nothing is ever deleted. */

export interface AuditTable {
  workspace: string;
  /** 1 for the first entry, without gaps. */
  seq: number;
  /** The position of the entry in the change log. */
  position: number;
  hash: string;
}

export interface AuditCheckpointsTable {
  workspace: string;
  seq: number;
  hash: string;
  at: number;
  previous: number;
  public_key: string;
  signature: string;
}
