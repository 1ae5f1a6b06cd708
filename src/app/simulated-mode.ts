/** The simulated Mode, for a bridge without a real one. */
import type { Clock } from '../clock.ts';
import type { Config, Credential, ModeAccess } from '../config/config.ts';
import type { Logger } from '../observability/logger.ts';
import { startSandbox, type Sandbox } from '../sandbox/mode/sandbox.ts';

/** Keys and tokens when the settings have none. None of them is secret. */
const DEFAULTS = { key: 'sandbox', inviter: 'inviter', scimToken: 'sandbox-scim-token' };

export interface SimulatedMode {
  readonly sandbox: Sandbox;
  /** Access to the first workspace. */
  readonly mode: ModeAccess;
  /** Access to each workspace, in order. */
  readonly modes: readonly ModeAccess[];
}

/**
 * Starts a simulated Mode. Its first workspace has the keys of the settings, or default keys. In Mode a key belongs to one
 * workspace, so each further workspace has keys of its own, whose names end with the workspace's.
 * @param start the settings of each workspace except the profile, and its initial size
 * @returns `ownScim` in the access to a workspace that starts with Mode's own SCIM switched on
 */
export async function startSimulatedMode(
  config: Config,
  clock: Clock,
  log: Logger,
  start: { readonly settings?: object; readonly seed?: object } = {},
): Promise<SimulatedMode> {
  const { server, workspaces } = config;
  const configured = workspaces[0]?.mode;
  const [workspace = 'acme', ...further] = server.sandboxWorkspaces ?? workspaces.map(({ slug }) => slug);
  const { key = pairOf(DEFAULTS.key), inviter = pairOf(DEFAULTS.inviter), ownScim } = configured ?? {};
  const first = { mainKey: key, inviterKey: inviter, scimToken: ownScim?.token ?? DEFAULTS.scimToken };
  const furtherWorkspaces = further.map((slug) => ({
    slug,
    mainKey: pairOf(`${DEFAULTS.key}-${slug}`),
    inviterKey: pairOf(`${DEFAULTS.inviter}-${slug}`),
    scimToken: `${DEFAULTS.scimToken}-${slug}`,
  }));
  const settings = { profile: server.sandboxProfile, ...start.settings };
  const options = { port: server.sandboxPort, workspace, furtherWorkspaces, ...first };
  const sandbox = await startSandbox({ ...options, ...start, settings, clock, log });

  const accessTo = (slug: string, keys: typeof first, scimPath: string): ModeAccess => ({
    baseUrl: sandbox.url,
    workspace: slug,
    key: keys.mainKey,
    inviter: keys.inviterKey,
    ...(sandbox.workspace(slug).control.settings().scim_enabled
      ? { ownScim: { url: `${sandbox.url}${scimPath}`, token: keys.scimToken } }
      : {}),
  });
  const mode = accessTo(workspace, first, '/scim/v2');
  const others = furtherWorkspaces.map(({ slug, ...keys }) => accessTo(slug, keys, `/scim/${slug}/v2`));
  return { sandbox, mode, modes: [mode, ...others] };
}

/** A key whose secret is the same text. */
function pairOf(text: string): Credential {
  return { token: text, secret: text };
}
