/** Decides whether the bridge runs on a simulated Mode: an IdP must never get a 2xx for a push that reaches nobody. */
import type { Config } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';

/**
 * @param sandbox the flag `--sandbox`
 * @returns true for the simulated Mode
 * @throws BridgeError invalid_config when neither is clearly wanted
 */
export function wantsSimulatedMode(
  { mode, production }: Pick<Config, 'mode' | 'production'>,
  sandbox: boolean,
): boolean {
  if (mode !== undefined) {
    if (!sandbox) return false;
    throw new BridgeError(
      'invalid_config',
      '--sandbox starts a simulated Mode, and the MODE_ settings name a real one: remove the flag or the settings.',
    );
  }
  if (sandbox || !production) return true;
  throw new BridgeError(
    'invalid_config',
    'No Mode workspace is configured. Set MODE_WORKSPACE, MODE_API_KEY and MODE_API_SECRET, or start with ' +
      '"serve --sandbox" to try the bridge on a simulated Mode. (NODE_ENV is "production", so the bridge does not choose by itself.)',
  );
}
