/** One IdP app that pushes into one workspace. */

/** What becomes of what the IdP pushes; it is stored and answered in every state. */
export const CONNECTION_STATES = ['live', 'shadow', 'paused'] as const;
/** `live`: Mode is made to match. `shadow`: only planned, to try a connection. `paused`: held until it is live again. */
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

/** A connection that writes, and the request in which it does. */
export interface Writer extends Connection {
  /** undefined: no request asked for the write. */
  readonly requestId?: string | undefined;
}
