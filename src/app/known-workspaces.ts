/** Prevents that a database is used without the workspaces that it was made for. */
import type { Config } from '../config/config.ts';
import type { Connection } from '../directory/access/connection.ts';
import { BridgeError } from '../errors.ts';

/**
 * With the settings of another workspace, everybody would look removed. Without settings, no bridge would work for the
 * workspace.
 * @throws BridgeError invalid_config when a connection belongs to a workspace that the configuration does not have
 */
export function assertKnownWorkspaces(
  connections: readonly Connection[],
  { file, workspaces }: Pick<Config, 'file' | 'workspaces'>,
): void {
  const configured = workspaces.map(({ slug }) => slug);
  const unknown = connections.find(({ workspace }) => !configured.includes(workspace))?.workspace;
  if (unknown === undefined) return;
  const isSimulated = file === undefined && workspaces.every(({ mode }) => mode === undefined);
  const message = isSimulated ? inSandbox() : file === undefined ? inEnvironment() : inFile(file);
  throw new BridgeError('invalid_config', message);

  function inFile(path: string): string {
    return `The database has the workspace "${unknown}", which ${path} does not list: list it (its connections can be paused), or use another database.`;
  }

  function inSandbox(): string {
    return `The database has the workspace "${unknown}", which the simulated Mode does not have: name it in SANDBOX_WORKSPACES, or use another database (BRIDGE_DATABASE_URL).`;
  }

  function inEnvironment(): string {
    const [slug = ''] = configured;
    return connections.some(({ workspace }) => workspace === slug)
      ? `The database has the workspace "${unknown}" besides "${slug}": describe both in a file (BRIDGE_CONFIG), or use another database (BRIDGE_DATABASE_URL).`
      : `The database belongs to the workspace "${unknown}", and MODE_WORKSPACE is "${slug}": use another database (BRIDGE_DATABASE_URL), or the workspace of this one.`;
  }
}
