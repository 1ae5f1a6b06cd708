/** The simulated Mode, for who has no other. */
import type { Clock } from '../clock.ts';
import type { Config, ModeAccess } from '../config/read-config.ts';
import type { Logger } from '../observability/logger.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';

/**
 * With the keys of the settings, or its own when there are none.
 * @param start what its settings say besides the profile, and how many people and groups it begins with
 */
export async function startSimulatedMode(
  config: Config,
  clock: Clock,
  log: Logger,
  start: { readonly settings?: object; readonly seed?: object } = {},
): Promise<{ readonly sandbox: Sandbox; readonly mode: ModeAccess }> {
  const { workspace = 'acme', key = { token: 'sandbox', secret: 'sandbox' } } = config.mode ?? {};
  const inviter = config.mode?.inviter ?? { token: 'inviter', secret: 'inviter' };
  const options = { port: config.sandboxPort, workspace, mainKey: key, inviterKey: inviter };
  const settings = { profile: config.sandboxProfile, ...start.settings };
  const sandbox = await startSandbox({ ...options, ...start, settings, clock, log });
  return { sandbox, mode: { baseUrl: sandbox.url, workspace, key, inviter } };
}
