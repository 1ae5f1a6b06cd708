/** Decides what a connection may write: what it owns, and what has no owner, which it takes over with the write. */
import { BridgeError } from '../../errors.ts';
import type { Connection } from './connection.ts';

interface Owned {
  readonly ownerId: string | null;
}

/** @throws BridgeError forbidden when another connection of the workspace owns it. */
export function assertWritable(resource: Owned, connection: Connection, what: string): void {
  if (resource.ownerId === null || resource.ownerId === connection.id) return;
  throw new BridgeError(
    'forbidden',
    `${what} belongs to another connection (${resource.ownerId}) of this workspace: change it there.`,
  );
}

/** The name of a resource's owner in error messages. */
export function ownerName(ownerId: string | null, connection: Connection): string {
  return ownerId === connection.id ? 'this connection' : `the connection ${String(ownerId)}`;
}
