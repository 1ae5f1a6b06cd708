/** Reads settings from the environment and from `NAME_FILE` secrets. */
import { BridgeError } from '../errors.ts';
import type { Environment, SettingKey, Values } from './config.ts';
import { isServiceLink } from './known-names.ts';
import { readSecretFile } from './secret-file.ts';
import type { Setting } from './setting.ts';
import { settings } from './settings.ts';

/**
 * The value of a setting, and the name that has it; undefined when it is not set. The first of its names wins. @throws
 * BridgeError invalid_config when it is empty, set twice, or in a file that cannot be read
 */
export function lookUp(
  setting: Setting<unknown>,
  environment: Environment,
): { name: string; value: string } | undefined {
  for (const name of [setting.name, ...(setting.aliases ?? [])]) {
    const [value, path] = [environment[name], fileOf(setting, name, environment)];
    if (value !== undefined && path !== undefined)
      throw new BridgeError('invalid_config', `is set, and so is ${name}_FILE: set one of them`);
    if (path !== undefined) return { name: `${name}_FILE`, value: readSecretFile(path) };
    if (value === undefined) continue;
    if (value.trim() !== '') return { name, value };
    // Other programs share these two names, and leave them empty.
    if (name === settings.production.name || name === settings.logLevel.name) continue;
    throw new BridgeError('invalid_config', 'is empty: give it a value, or remove it');
  }
  return undefined;
}

/** The names under which a setting is set now. */
export function givenNames(setting: Setting<unknown>, environment: Environment): readonly string[] {
  const names = [setting.name, ...(setting.aliases ?? [])];
  const all = setting.secret === true ? names.flatMap((name) => [name, `${name}_FILE`]) : names;
  return all.filter((name) => environment[name] !== undefined);
}

function fileOf(setting: Setting<unknown>, name: string, environment: Environment): string | undefined {
  return setting.secret === true ? environment[`${name}_FILE`] : undefined;
}

/** Reads every setting. A wrong one is left out, and its problem is added. */
export function readEnvironment(environment: Environment, problems: string[]): Values {
  const entries = Object.entries(settings).map(([key, setting]) => {
    return [key, readSetting(setting, environment, problems)] as const;
  });
  // The table and the type are made from the same object: one entry for each key, parsed by its own parser.
  return Object.fromEntries(entries) as unknown as Values;
}

/** One setting, as `readEnvironment` reads it. */
export function readVariable<K extends SettingKey>(
  key: K,
  environment: Environment,
  problems: string[],
): Values[K] {
  return readSetting(settings[key], environment, problems) as Values[K];
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
    // The message does not contain the value, which may be a secret.
    const reason = error instanceof Error ? error.message : 'cannot be read';
    const advice =
      text !== undefined && isServiceLink(text)
        ? ' (Kubernetes sets this for a Service: set "enableServiceLinks: false" in the pod)'
        : '';
    problems.push(`${name}: ${reason}${advice}`);
    return undefined;
  }
}
