/** The positions of readers of the feed, and the copies that they read. */

/** The position of a receiver of events: one row for each token that has polled. */
export interface EventStreamsTable {
  token_id: string;
  workspace: string;
  /** The position in the change log up to which every event is acknowledged or rejected. */
  position: number;
  polled_at: number;
  errors: number;
  last_error: string | null;
  last_error_at: number | null;
}

/** Settled events after a stream's position. */
export interface EventsDoneTable {
  token_id: string;
  position: number;
}

/** The current and former keys that sign events. */
export interface EventKeysTable {
  kid: string;
  /** A JWK, as text. */
  public_key: string;
  /** PKCS #8, PEM; null for a key from a setting, and for a former key. */
  private_key: string | null;
  created_at: number;
}

/** The copies of the state on PostgreSQL. With SQLite, each file describes itself. */
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
  /** Until then it is not deleted in favour of newer copies. */
  keep_until: number;
}
