/** Opens the configuration and its database, for every command that uses them. */
import { withBridge, type Bridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

/** Names the command line in the change log. */
export const COMMAND_LINE = 'command line';

/** Which workspace a command is about; needed when there are several. */
export interface WorkspaceOption {
  readonly workspace?: string;
}

/** Which connection a command is about; needed when several fit. */
export interface ConnectionOption extends WorkspaceOption {
  readonly connection?: string;
}

/**
 * @param options `mayCreate`: for a command that may create the SQLite database
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable
 */
export function useBridge<T>(
  work: (bridge: Bridge) => Promise<T>,
  options: { readonly mayCreate?: boolean } = {},
): Promise<T> {
  return withBridge(readConfig(), systemClock, work, options);
}
