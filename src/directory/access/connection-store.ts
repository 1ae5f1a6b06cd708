/** The port to what remembers connections. */
import type { Decided } from '../decision.ts';
import type { Subject } from '../subject.ts';
import type { Connection, ConnectionState } from './connection.ts';

/** What a connection owns. */
export interface Owned {
  readonly users: number;
  readonly groups: number;
  /** People who must lose access, and have not lost it yet. Deleted users count, too. */
  readonly leaving: number;
}

export interface ConnectionStore {
  connection(id: string): Promise<Connection | undefined>;
  /** By id. */
  connections(): Promise<readonly Connection[]>;
  /** Does nothing when there is a connection with this id, or with this name in the workspace. */
  addConnection(connection: Connection & { readonly createdAt: number }, by?: string | null): Promise<void>;
  /** @returns false when there is no such connection */
  saveState(id: string, state: ConnectionState, decided: Decided): Promise<boolean>;
  owned(id: string): Promise<Owned>;
  /** Users and groups of the connection that are not deleted, at most `limit`. */
  ownedSubjects(id: string, limit: number): Promise<readonly Subject[]>;
  /**
   * Removes the connection with its tokens and what was learned of its IdP, as one transaction. Deleted users and groups
   * become nobody's: nothing more is done about them, and the clocks of its leavers stop at `at`.
   * @returns false when there is no such connection, or it owns users or groups
   */
  removeConnection(id: string, decided: Decided): Promise<boolean>;
}
