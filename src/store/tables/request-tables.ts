/** What clients asked, without anything that they said: requests that came together are kept together. */
import type { Generated } from 'kysely';

/** The values that a list of requests is filtered by. Empty text: none. */
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
  /** Of the request that was the first in it. */
  id: string;
  /** The lowest id of its requests, and the highest. */
  first_id: string;
  last_id: string;
  first_at: number;
  last_at: number;
  /** How many there are. */
  requests: number;
  /** A mark of each resource that they name, with a blank before each. */
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
