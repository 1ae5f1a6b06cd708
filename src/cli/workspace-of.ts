/** Which workspace a command is about: the configured one, else the one that the database is of. */
import type { Config } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';

/** @throws BridgeError invalid_config */
export function workspaceOf(config: Config, known: readonly string[]): string {
  const workspace = config.mode?.workspace ?? known[0];
  if (workspace !== undefined) return workspace;
  throw new BridgeError(
    'invalid_config',
    'No workspace is known yet: set MODE_WORKSPACE, or run serve first.',
  );
}
