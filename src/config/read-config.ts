/**
 * Reads the settings from the environment and from `NAME_FILE` secrets: the only reader. All problems are told in
 * one message, so that nobody mends them one restart at a time.
 */
import { readFileSync } from 'node:fs';
import { BridgeError } from '../errors.ts';
import { settings, type Setting } from './settings.ts';

type Key = keyof typeof settings;
type Parsed<K extends Key> = ReturnType<(typeof settings)[K]['parse']>;
type Values = {
  readonly [K in Key]: (typeof settings)[K] extends { fallback: string } ? Parsed<K> : Parsed<K> | undefined;
};

const SAFE_TOKEN_LENGTH = 16;

export interface Credential {
  readonly token: string;
  readonly secret: string;
}

export interface ModeAccess {
  readonly baseUrl: string;
  readonly workspace: string;
  readonly key: Credential;
  readonly inviter?: Credential;
  /** Mode's own SCIM endpoint. */
  readonly ownScim?: { readonly url: string; readonly token: string };
}

export interface Config extends Values {
  /** undefined: no MODE_ setting is given, and a simulated Mode runs beside the bridge. */
  readonly mode: ModeAccess | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws BridgeError invalid_config with every problem, one a line. */
export function readConfig(environment: Environment = process.env): Config {
  const problems: string[] = [];
  const entries = Object.entries(settings).map(([key, setting]) => {
    return [key, readSetting(setting, environment, problems)] as const;
  });
  // The table and the type are made from the same object: one entry for each key, parsed by its own parser.
  const values = Object.fromEntries(entries) as unknown as Values;
  const mode = readModeAccess(values, environment, problems);
  if (problems.length > 0) {
    throw new BridgeError(
      'invalid_config',
      `The configuration has problems:\n  - ${problems.join('\n  - ')}`,
    );
  }
  return { ...values, mode };
}

/** What is set for a setting, and under which name; undefined when nothing is. @throws when a file cannot be read */
export function lookUp(
  setting: Setting<unknown>,
  environment: Environment,
): { name: string; value: string } | undefined {
  for (const name of [setting.name, ...(setting.aliases ?? [])]) {
    const value = environment[name];
    if (value !== undefined && value !== '') return { name, value };
    const file = setting.secret === true ? environment[`${name}_FILE`] : undefined;
    if (file !== undefined && file !== '')
      return { name: `${name}_FILE`, value: readFileSync(file, 'utf8').trim() };
  }
  return undefined;
}

/** The fixed tokens that are too short to be safe: good for trying things out, not for anything else. */
export function weakTokens(config: Config): readonly string[] {
  const tokens = [settings.scimToken, settings.feedToken, settings.adminToken] as const;
  const values = [config.scimToken, config.feedToken, config.adminToken];
  return tokens
    .filter((_setting, index) => (values[index]?.length ?? SAFE_TOKEN_LENGTH) < SAFE_TOKEN_LENGTH)
    .map(({ name }) => name);
}

function readSetting(setting: Setting<unknown>, environment: Environment, problems: string[]): unknown {
  let name = setting.name;
  try {
    const found = lookUp(setting, environment);
    name = found?.name ?? name;
    const text = found?.value ?? setting.fallback;
    return text === undefined ? undefined : setting.parse(text);
  } catch (error) {
    // The value itself may be a secret and stays out of the message.
    problems.push(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`);
    return undefined;
  }
}

function readModeAccess(
  values: Values,
  environment: Environment,
  problems: string[],
): ModeAccess | undefined {
  const { modeWorkspace, modeApiKey, modeApiSecret, modeInviterKey, modeInviterSecret } = values;
  const { modeScimUrl, modeScimToken } = values;
  const needed = { MODE_WORKSPACE: modeWorkspace, MODE_API_KEY: modeApiKey, MODE_API_SECRET: modeApiSecret };
  const given = [
    ...Object.values(needed),
    modeInviterKey,
    modeInviterSecret,
    modeScimUrl,
    modeScimToken,
    environment[settings.modeBaseUrl.name],
  ];
  if (given.every((value) => value === undefined || value === '')) return undefined;
  for (const [name, value] of Object.entries(needed)) {
    if (value === undefined)
      problems.push(`${name}: is needed to talk to Mode (or set no MODE_ setting, for a simulated Mode)`);
  }
  if ((modeInviterKey === undefined) !== (modeInviterSecret === undefined)) {
    problems.push('MODE_INVITER_KEY and MODE_INVITER_SECRET: set both or neither');
  }
  if ((modeScimUrl === undefined) !== (modeScimToken === undefined)) {
    problems.push('MODE_SCIM_URL and MODE_SCIM_TOKEN: set both or neither');
  }
  if (modeWorkspace === undefined || modeApiKey === undefined || modeApiSecret === undefined)
    return undefined;
  return {
    baseUrl: values.modeBaseUrl,
    workspace: modeWorkspace,
    key: { token: modeApiKey, secret: modeApiSecret },
    ...(modeInviterKey !== undefined && modeInviterSecret !== undefined
      ? { inviter: { token: modeInviterKey, secret: modeInviterSecret } }
      : {}),
    ...(modeScimUrl !== undefined && modeScimToken !== undefined
      ? { ownScim: { url: modeScimUrl, token: modeScimToken } }
      : {}),
  };
}
