/**
 * Reads the configuration: from the environment, or from the file that BRIDGE_CONFIG names. All problems are reported in
 * one message, so that nobody corrects them one restart at a time.
 */
import { DEFAULT_CONNECTION, type FixedToken } from '../directory/access/wanted-access.ts';
import { BridgeError } from '../errors.ts';
import type { Config, Environment, SettingKey, Values, WorkspaceConfig } from './config.ts';
import { givenNames, readEnvironment, readVariable } from './environment.ts';
import { readConfigFile } from './config-file.ts';
import { unknownNames } from './known-names.ts';
import { MODE_SETTINGS, readModeAccess } from './mode-access.ts';
import { settings } from './settings.ts';
import { sharedSecrets } from './shared-secrets.ts';

/** The workspace of the simulated Mode, when no setting names one. */
const SIMULATED_WORKSPACE = 'acme';

/** @throws BridgeError invalid_config with every problem, one a line. */
export function readConfig(environment: Environment = process.env): Config {
  const problems: string[] = [];
  const path = readVariable('configFile', environment, problems);
  const isEnvironment = path === undefined && givenNames(settings.configFile, environment).length === 0;
  const config = isEnvironment
    ? fromEnvironment(environment, problems)
    : path !== undefined && readConfigFile(path, environment, problems);
  if (config !== false && config !== undefined) problems.push(...halfWebhook(config.server));
  if (problems.length === 0 && config !== false && config !== undefined) return config;
  throw new BridgeError('invalid_config', `The configuration has problems:\n  - ${problems.join('\n  - ')}`);
}

/** With only one of the two, no notices would be sent. */
function halfWebhook({ notifyUrl, notifySecret }: Config['server']): readonly string[] {
  if ((notifyUrl === undefined) === (notifySecret === undefined)) return [];
  const { notifyUrl: url, notifySecret: secret } = settings;
  return [`${url.name} and ${secret.name}: set both, or none of them`];
}

function fromEnvironment(environment: Environment, problems: string[]): Config {
  problems.push(...unknownNames(environment, new Set()));
  const values = readEnvironment(environment, problems);
  const workspace = workspaceOf(values, environment, problems);
  problems.push(...sharedTokens(values));
  const workspaces = workspace.mode === undefined ? simulatedWorkspaces(workspace, values) : [workspace];
  return { file: undefined, server: values, workspaces };
}

/** One workspace for each of the simulated Mode. A token belongs to one workspace: the fixed tokens are those of the first. */
function simulatedWorkspaces(
  workspace: WorkspaceConfig,
  { sandboxWorkspaces }: Pick<Values, 'sandboxWorkspaces'>,
): readonly WorkspaceConfig[] {
  const [slug = SIMULATED_WORKSPACE, ...further] = sandboxWorkspaces ?? [];
  const withoutTokens: WorkspaceConfig = {
    ...workspace,
    tokens: { feed: undefined, admin: undefined },
    connections: workspace.connections.map((connection) => ({ ...connection, tokens: { scim: undefined } })),
  };
  return [{ ...workspace, slug }, ...further.map((other) => ({ ...withoutTokens, slug: other }))];
}

function workspaceOf(values: Values, environment: Environment, problems: string[]): WorkspaceConfig {
  const isGiven = (key: SettingKey) => givenNames(settings[key], environment).length > 0;
  const mode = MODE_SETTINGS.some(isGiven)
    ? readModeAccess(
        { values, isGiven, place: (key) => settings[key].name },
        problems,
        ' (or set no MODE_ setting, for a simulated Mode)',
      )
    : undefined;
  const fixed = (key: 'scimToken' | 'feedToken' | 'adminToken'): FixedToken | undefined => {
    const text = values[key];
    const { name } = settings[key];
    return text === undefined ? undefined : { text, setting: name, place: name };
  };
  return {
    ...values,
    slug: mode?.workspace ?? SIMULATED_WORKSPACE,
    target: 'mode',
    policy: values,
    mode,
    tokens: { feed: fixed('feedToken'), admin: fixed('adminToken') },
    connections: [
      {
        name: DEFAULT_CONNECTION,
        state: values.connectionState,
        tokens: { scim: fixed('scimToken') },
        profile: undefined,
        policy: values,
      },
    ],
  };
}

function sharedTokens(values: Values): readonly string[] {
  const placed = (key: SettingKey & `${string}${'Token' | 'Key' | 'Secret'}`) => {
    return { place: settings[key].name, text: values[key] };
  };
  const tokens = (['scimToken', 'feedToken', 'adminToken'] as const).map(placed);
  const others = (
    ['modeApiKey', 'modeApiSecret', 'modeInviterKey', 'modeInviterSecret', 'modeScimToken'] as const
  ).map(placed);
  return sharedSecrets(tokens, others);
}
