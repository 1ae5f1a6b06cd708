/** What clients asked, without anything that they said. */
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

export interface RequestsTable {
  id: string;
  at: number;
  kind: number;
  route: string;
  resource_id: string | null;
  /** One of a few for each resource; null without one. */
  bucket: number | null;
  /** Names, with a blank between them. */
  attributes: string;
  unknown_attributes: number;
  /** Kinds, each followed by how many: `add 1 replace 2`. */
  operations: string;
  /** Attributes, each followed by the operator: `userName eq`; `?`: an unknown attribute. */
  filter: string;
  scim_type: string | null;
  duration_ms: number;
}

export interface RequestResourcesTable {
  resource_id: string;
  request_id: string;
}
