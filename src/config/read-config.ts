/**
 * Reads the settings from the environment and from `NAME_FILE` secrets: the only reader. All problems are told in
 * one message, so that nobody mends them one restart at a time.
 */
import { readFileSync } from 'node:fs';
import { BridgeError } from '../errors.ts';
import { systemProblem } from '../system-error.ts';
import { isServiceLink, unknownNames } from './known-names.ts';
import { settings, type Setting } from './settings.ts';

type Key = keyof typeof settings;
type Parsed<K extends Key> = ReturnType<(typeof settings)[K]['parse']>;
type Values = {
  readonly [K in Key]: (typeof settings)[K] extends { fallback: string } ? Parsed<K> : Parsed<K> | undefined;
};

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
  /** undefined: no MODE_ setting is given; `serve` may run a simulated Mode then. */
  readonly mode: ModeAccess | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws BridgeError invalid_config with every problem, one a line. */
export function readConfig(environment: Environment = process.env): Config {
  const problems: string[] = [...unknownNames(environment)];
  const entries = Object.entries(settings).map(([key, setting]) => {
    return [key, readSetting(setting, environment, problems)] as const;
  });
  // The table and the type are made from the same object: one entry for each key, parsed by its own parser.
  const values = Object.fromEntries(entries) as unknown as Values;
  const mode = readModeAccess(values, environment, problems);
  problems.push(...sharedTokens(values));
  if (problems.length > 0) {
    throw new BridgeError(
      'invalid_config',
      `The configuration has problems:\n  - ${problems.join('\n  - ')}`,
    );
  }
  return { ...values, mode };
}

/**
 * What is set for a setting, and under which name; undefined when nothing is. The first of its names wins.
 * @throws BridgeError invalid_config when it is set to nothing, set twice, or in a file that cannot be read
 */
export function lookUp(
  setting: Setting<unknown>,
  environment: Environment,
): { name: string; value: string } | undefined {
  for (const name of [setting.name, ...(setting.aliases ?? [])]) {
    const [value, path] = [environment[name], fileOf(setting, name, environment)];
    if (value !== undefined && path !== undefined)
      throw new BridgeError('invalid_config', `is set, and so is ${name}_FILE: set one of them`);
    if (path !== undefined) return { name: `${name}_FILE`, value: contentOf(path) };
    if (value === undefined) continue;
    if (value.trim() !== '') return { name, value };
    // Other programs share these two names, and leave them empty.
    if (name === settings.production.name || name === settings.logLevel.name) continue;
    throw new BridgeError('invalid_config', 'is set to nothing: give it a value, or remove it');
  }
  return undefined;
}

function fileOf(setting: Setting<unknown>, name: string, environment: Environment): string | undefined {
  return setting.secret === true ? environment[`${name}_FILE`] : undefined;
}

/** @throws BridgeError invalid_config */
function contentOf(path: string): string {
  let content: string;
  try {
    content = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const reason = systemProblem(error)?.message ?? 'it cannot be read.';
    throw new BridgeError('invalid_config', `names the file "${path}": ${reason}`);
  }
  if (content !== '') return content;
  throw new BridgeError('invalid_config', `names the file "${path}", which is empty`);
}

/** If two kinds of token had the same text, a reader of the feed could write. */
function sharedTokens(values: Values): readonly string[] {
  const tokens: readonly (keyof typeof settings)[] = ['scimToken', 'feedToken', 'adminToken'];
  const secrets: readonly (keyof typeof settings)[] = [
    ...tokens,
    'modeApiKey',
    'modeApiSecret',
    'modeInviterKey',
    'modeInviterSecret',
    'modeScimToken',
  ];
  return tokens.flatMap((token, index) => {
    const same = secrets.slice(index + 1).filter((secret) => {
      return values[token] !== undefined && values[secret] === values[token];
    });
    return same.map((secret) => {
      return `${settings[token].name} and ${settings[secret].name}: are the same text; each needs one of its own`;
    });
  });
}

function readSetting(setting: Setting<unknown>, environment: Environment, problems: string[]): unknown {
  let name = setting.name;
  let text = setting.fallback;
  try {
    const found = lookUp(setting, environment);
    name = found?.name ?? name;
    text = found?.value ?? text;
    return text === undefined ? undefined : setting.parse(text);
  } catch (error) {
    // The value itself may be a secret and stays out of the message.
    const reason = error instanceof Error ? error.message : 'cannot be read';
    const advice =
      text !== undefined && isServiceLink(text)
        ? ' (Kubernetes sets this for a Service: set "enableServiceLinks: false" in the pod)'
        : '';
    problems.push(`${name}: ${reason}${advice}`);
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
    // One that is set and wrong has its problem already.
    if (value === undefined && !problems.some((problem) => problem.includes(name)))
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
