/** Reads the configuration file: a list of workspaces, each with its target, its tokens and its connections. */
import { readFileSync, statSync } from 'node:fs';
import { systemProblem } from '../system-error.ts';
import type { Config, Environment, ServerConfig, SettingKey } from './config.ts';
import { givenNames, readVariable } from './environment.ts';
import {
  CONNECTION_KEYS,
  CONNECTION_TOKEN_KEYS,
  FILE_LIMITS,
  MODE_KEYS,
  POLICY_KEYS,
  SERVER_KEYS,
  TOKEN_KEYS,
  WORKSPACE_KEYS,
} from './file-keys.ts';
import { readWorkspace, reportRepeated, WORKSPACE_NAMES, type Secrets } from './file-workspace.ts';
import { unknownNames } from './known-names.ts';
import { settings } from './settings.ts';
import { sharedSecrets } from './shared-secrets.ts';
import { readYaml, type Section, type ShownValue } from './yaml-section.ts';

/** Keys that only the environment can give. */
const ENVIRONMENT_KEYS = ['sandboxPort', 'sandboxProfile', 'sandboxWorkspaces', 'production'] as const;
/** Settings that a file replaces. */
const REPLACED: readonly SettingKey[] = [
  'modeWorkspace',
  ...(Object.keys({
    ...MODE_KEYS,
    ...WORKSPACE_KEYS,
    ...TOKEN_KEYS,
    ...CONNECTION_KEYS,
    ...POLICY_KEYS,
    ...CONNECTION_TOKEN_KEYS,
  }) as SettingKey[]),
];

/**
 * @param path of the file; secrets in files are relative to it
 * @param problems every problem is added here, with its place
 * @param shown every value that the file has is added here, with secrets masked
 * @returns undefined when the file cannot be read at all
 */
export function readConfigFile(
  path: string,
  environment: Environment,
  problems: string[],
  shown: ShownValue[] = [],
): Config | undefined {
  const text = contentOf(path, problems);
  if (text === undefined) return undefined;
  const used = new Set<string>();
  const top = readYaml(text, { path, environment, problems, shown, used }, ['server', 'workspaces']);
  if (top === undefined) return undefined;
  const server = readServer(top, environment, problems);
  if (!top.isGiven('workspaces')) top.problem('workspaces', 'is needed: a list of workspaces');
  const secrets: Secrets = { tokens: [], others: [] };
  const sections = top.sections('workspaces', WORKSPACE_NAMES, FILE_LIMITS.workspaces);
  const workspaces = sections.map((section) => readWorkspace(section, problems, secrets));
  const slugs = workspaces.map(({ slug }) => slug);
  reportRepeated(
    sections,
    'slug',
    slugs,
    'another workspace has this slug (upper and lower case make no difference)',
  );
  problems.push(...sharedSecrets(secrets.tokens, secrets.others), ...unknownNames(environment, used));
  for (const key of REPLACED) {
    for (const name of givenNames(settings[key], environment).filter((given) => !used.has(given)))
      problems.push(
        `${name}: is set, and ${settings.configFile.name} describes the workspaces: move it into the file, or remove one of them`,
      );
  }
  return { file: path, server, workspaces };
}

function contentOf(path: string, problems: string[]): string | undefined {
  try {
    // A device may have no end, and a read of a pipe may wait for ever.
    const stats = statSync(path);
    if (stats.isFile() && stats.size <= FILE_LIMITS.bytes) return readFileSync(path, 'utf8');
    const why = stats.isFile()
      ? `which is larger than ${FILE_LIMITS.bytes} bytes`
      : 'which is a folder, a device or a pipe: name a regular file';
    problems.push(`${settings.configFile.name}: names the file "${path}", ${why}`);
  } catch (error) {
    const reason = systemProblem(error)?.message ?? 'it cannot be read.';
    problems.push(`${settings.configFile.name}: names the file "${path}": ${reason}`);
  }
  return undefined;
}

/** The file takes precedence, because the environment of a container image has defaults. */
function readServer(top: Section, environment: Environment, problems: string[]): ServerConfig {
  const section = top.section('server', Object.values(SERVER_KEYS));
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(SERVER_KEYS) as (keyof typeof SERVER_KEYS)[]) {
    const name = SERVER_KEYS[key];
    values[key] = section.isGiven(name)
      ? section.get<unknown>(name, settings[key])
      : readVariable(key, environment, problems);
  }
  for (const key of ENVIRONMENT_KEYS) values[key] = readVariable(key, environment, problems);
  return values as unknown as ServerConfig;
}
