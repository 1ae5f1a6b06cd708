/** One IdP app that pushes into one workspace. */

/** What the bridge does with pushes. They are stored and answered in every state. */
export const CONNECTION_STATES = ['live', 'shadow', 'paused'] as const;
/**
 * `live`: the target is made to match. `shadow`: changes are only planned, to try a connection. `paused`: changes are
 * held until it is live again.
 */
export type ConnectionState = (typeof CONNECTION_STATES)[number];

export const CONNECTION_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export interface Connection {
  readonly id: string;
  /** The slug of the workspace, as in Mode's URL. Users and groups of one workspace form one set. */
  readonly workspace: string;
  /** CONNECTION_NAME; unique within the workspace. */
  readonly name: string;
  readonly state: ConnectionState;
}

/** The connection and the request of a write. */
export interface Writer extends Connection {
  /** undefined for a write without a request. */
  readonly requestId?: string | undefined;
}
