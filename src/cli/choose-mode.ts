/**
 * Decides whether the bridge runs on a simulated Mode. An IdP must never get a 2xx for a push that does not reach Mode.
 */
import type { Config } from '../config/config.ts';
import { BridgeError } from '../errors.ts';

/**
 * @param sandbox the flag `--sandbox`
 * @returns true for the simulated Mode
 * @throws BridgeError invalid_config when neither is clearly wanted
 */
export function wantsSimulatedMode({ file, server, workspaces }: Config, sandbox: boolean): boolean {
  if (workspaces.every(({ mode }) => mode !== undefined)) {
    if (!sandbox) return false;
    const source = file === undefined ? 'the MODE_ settings name' : `${file} names`;
    const advice = file === undefined ? 'the settings' : 'BRIDGE_CONFIG';
    throw new BridgeError(
      'invalid_config',
      `--sandbox starts a simulated Mode, and ${source} a real one: remove the flag or ${advice}.`,
    );
  }
  if (sandbox || !server.production) return true;
  throw new BridgeError(
    'invalid_config',
    'No Mode workspace is configured. Set MODE_WORKSPACE, MODE_API_KEY and MODE_API_SECRET, or start with ' +
      '"serve --sandbox" to try the bridge on a simulated Mode. (NODE_ENV is "production", so the bridge does not choose by itself.)',
  );
}
