/** The request log, without values. Requests are stored in batches. */
import type { Generated } from 'kysely';

/** The values for filters of the request list. Empty text: none. */
export interface RequestKindsTable {
  id: Generated<number>;
  workspace: string;
  connection_id: string;
  profile: string;
  method: string;
  /** 0: the client closed the connection first. */
  status: number;
}

export interface RequestBatchesTable {
  /** The time of its first request. */
  id: string;
  /** The lowest id of its requests, and the highest. */
  first_id: string;
  last_id: string;
  first_at: number;
  last_at: number;
  /** The number of requests. */
  requests: number;
  /** A mark of each resource that they name, each after a blank. */
  resources: string;
}

/** The kinds of the requests of a batch. */
export interface RequestBatchKindsTable {
  batch_id: string;
  kind: number;
}

export interface RequestContentsTable {
  batch_id: string;
  /** The requests, as JSON. */
  content: string;
}
