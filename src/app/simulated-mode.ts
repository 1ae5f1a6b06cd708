/** The simulated Mode, for everybody who has no other. */
import type { Clock } from '../clock.ts';
import type { Config, ModeAccess } from '../config/config.ts';
import type { Logger } from '../observability/logger.ts';
import { startSandbox, type Sandbox } from '../sandbox/mode/sandbox.ts';

/** The tokens and keys that it takes when the settings name none. Nothing behind them is secret. */
const KEY = { token: 'sandbox', secret: 'sandbox' };
const INVITER = { token: 'inviter', secret: 'inviter' };
const SCIM_TOKEN = 'sandbox-scim-token';

/**
 * Starts a simulated Mode with the keys of the settings, or with its own.
 * @param start its settings besides the profile, and how many people and groups it begins with
 * @returns `mode.ownScim` when it begins with Mode's own SCIM switched on
 */
export async function startSimulatedMode(
  config: Config,
  clock: Clock,
  log: Logger,
  start: { readonly settings?: object; readonly seed?: object } = {},
): Promise<{ readonly sandbox: Sandbox; readonly mode: ModeAccess }> {
  const { server, workspaces } = config;
  const configured = workspaces[0]?.mode;
  const { workspace = workspaces[0]?.slug ?? 'acme', key = KEY, inviter = INVITER } = configured ?? {};
  const scimToken = configured?.ownScim?.token ?? SCIM_TOKEN;
  const options = { port: server.sandboxPort, workspace, mainKey: key, inviterKey: inviter, scimToken };
  const settings = { profile: server.sandboxProfile, ...start.settings };
  const sandbox = await startSandbox({ ...options, ...start, settings, clock, log });
  const ownScim = sandbox.control.settings().scim_enabled
    ? { ownScim: { url: `${sandbox.url}/scim/v2`, token: scimToken } }
    : {};
  return { sandbox, mode: { baseUrl: sandbox.url, workspace, key, inviter, ...ownScim } };
}
