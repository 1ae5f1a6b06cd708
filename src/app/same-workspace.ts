/** Keeps a database from being used for another workspace than the one that it was made for. */
import type { ModeAccess } from '../config/read-config.ts';
import type { Connection } from '../directory/access/connection.ts';
import { BridgeError } from '../errors.ts';

/** With another workspace's settings, everybody in it would look gone. @throws BridgeError invalid_config */
export function assertSameWorkspace(connection: Connection, mode: ModeAccess): void {
  if (connection.workspace === mode.workspace) return;
  throw new BridgeError(
    'invalid_config',
    `The database is of the workspace "${connection.workspace}", MODE_WORKSPACE says "${mode.workspace}": use another database (BRIDGE_DATABASE_URL), or the workspace it was made for.`,
  );
}
