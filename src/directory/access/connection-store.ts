/** The port to stored connections. */
import type { Decided } from '../decision.ts';
import type { Subject } from '../subject.ts';
import type { Connection, ConnectionState } from './connection.ts';

/** The numbers of users and groups of a connection. */
export interface Owned {
  readonly users: number;
  readonly groups: number;
  /** People who must lose access and still have it, including deleted users. */
  readonly leaving: number;
}

export interface ConnectionStore {
  connection(id: string): Promise<Connection | undefined>;
  /** By id. */
  connections(): Promise<readonly Connection[]>;
  /** Does nothing when a connection has this id, or this name in the workspace. */
  addConnection(connection: Connection & { readonly createdAt: number }, by?: string | null): Promise<void>;
  /** @returns false when there is no such connection */
  saveState(id: string, state: ConnectionState, decided: Decided): Promise<boolean>;
  owned(id: string): Promise<Owned>;
  /** Users and groups of the connection that are not deleted, at most `limit`. */
  ownedSubjects(id: string, limit: number): Promise<readonly Subject[]>;
  /**
   * Removes the connection, its tokens and its IdP profile in one transaction. Deleted users and groups lose their
   * owner, so they are not reconciled any more, and the clocks of its leavers stop at `at`.
   * @returns false when there is no such connection, or it owns users or groups
   */
  removeConnection(id: string, decided: Decided): Promise<boolean>;
}
