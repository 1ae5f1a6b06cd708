/** Who may write what: a connection touches only what it owns, or what nobody owns yet and it takes over by writing. */
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

/** The owner of a resource, as a message of an error names it. */
export function ownerName(ownerId: string | null, connection: Connection): string {
  return ownerId === connection.id ? 'this connection' : `the connection ${String(ownerId)}`;
}
