/** Connections, tokens, and the detected IdPs. */

export interface ConnectionsTable {
  id: string;
  workspace: string;
  name: string;
  state: string;
  created_at: number;
  /** Null: the setting decides. */
  drift: string | null;
}

export interface TokensTable {
  id: string;
  workspace: string;
  /** Null: the token belongs to the whole workspace. */
  connection_id: string | null;
  kind: string;
  prefix: string;
  digest: string;
  label: string;
  created_at: number;
  revoked_at: number | null;
  /** Null: valid until it is revoked. */
  expires_at: number | null;
}

export interface IdpProfilesTable {
  connection_id: string;
  detected: string;
  evidence: string | null;
  pinned: string | null;
  updated_at: number;
}

export interface IdpWarningsTable {
  connection_id: string;
  code: string;
  example: string;
  count: number;
  first_at: number;
  last_at: number;
}
