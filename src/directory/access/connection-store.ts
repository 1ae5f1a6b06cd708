/** The port to what remembers connections. */
import type { Connection } from './connection.ts';

export interface ConnectionStore {
  connection(id: string): Promise<Connection | undefined>;
  connections(): Promise<readonly Connection[]>;
  addConnection(connection: Connection & { readonly createdAt: number }): Promise<void>;
}
