/** How far readers of the feed are, and what they read. */

/** How far a receiver has come with the events: one row for each token that has asked for them. */
export interface EventStreamsTable {
  token_id: string;
  workspace: string;
  /** Of the change log: every event up to it is acknowledged, or reported as an error. */
  position: number;
  polled_at: number;
  errors: number;
  last_error: string | null;
  last_error_at: number | null;
}

/** Events beyond a stream's position that are done with. */
export interface EventsDoneTable {
  token_id: string;
  position: number;
}

/** Keys that sign events, or did. */
export interface EventKeysTable {
  kid: string;
  /** A JWK, as text. */
  public_key: string;
  /** PKCS #8, PEM; null for one that a setting gives, and for one that signs no more. */
  private_key: string | null;
  created_at: number;
}

/** Which copies of the state there are, on PostgreSQL; next to SQLite, each file describes itself. */
export interface FeedSnapshotsTable {
  id: string;
  workspace: string;
  position: number;
  taken_at: number;
  accounts: number;
  groups: number;
  resources: number;
  entitlements: number;
  grants: number;
  /** Until then it does not make room for newer ones that nobody goes on reading. */
  keep_until: number;
}
