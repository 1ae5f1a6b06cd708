/** Lists the settings in force, line by line, with secrets masked: what `check-config` prints. */
import { readConfigFile } from './config-file.ts';
import type { Environment, SettingKey } from './config.ts';
import { lookUp, readVariable } from './environment.ts';
import {
  CONNECTION_KEYS,
  FILE_STATE,
  MODE_KEYS,
  POLICY_KEYS,
  SERVER_KEYS,
  WORKSPACE_KEYS,
} from './file-keys.ts';
import { maskedUrl } from './masked-url.ts';
import type { Setting } from './setting.ts';
import { settings } from './settings.ts';
import type { ShownValue } from './yaml-section.ts';

/** Settings of the process, which a file and the environment can both give. */
const SERVER: readonly SettingKey[] = [
  'configFile',
  ...(Object.keys(SERVER_KEYS) as SettingKey[]),
  'sandboxPort',
  'sandboxProfile',
  'sandboxWorkspaces',
  'production',
];

/**
 * One line for each setting: name, value, and where the value comes from. A file adds its own keys.
 * @throws BridgeError invalid_config when a setting cannot be read; `readConfig` reports all problems
 */
export function describeConfig(environment: Environment = process.env): readonly string[] {
  const path = readVariable('configFile', environment, []);
  const inFile: ShownValue[] = [];
  if (path !== undefined) readConfigFile(path, environment, [], inFile);
  const keys = path === undefined ? (Object.keys(settings) as SettingKey[]) : SERVER;
  const given = new Set(inFile.map((shown) => shown.path));
  const lines = [
    ...keys.filter((key) => !given.has(serverPath(key))).map((key) => describe(settings[key], environment)),
    ...inFile,
    ...(path === undefined ? [] : defaultsOf(given)),
  ];
  const width = Math.max(...lines.map((line) => line.path.length));
  return lines.map(({ path: name, value, origin }) => {
    return `${name.padEnd(width)}  ${origin === '' ? value : `${value}  (${origin})`}`.trimEnd();
  });
}

function describe(setting: Setting<unknown>, environment: Environment): ShownValue {
  const found = lookUp(setting, environment);
  const value = found?.value ?? setting.fallback;
  if (value === undefined) return { path: setting.name, value: '(not set)', origin: '' };
  const origin = found === undefined ? 'default' : `from ${found.name}`;
  return { path: setting.name, value: mask(setting, value), origin };
}

/** The database is a secret only because of its password. The rest of its URL is shown. */
function mask(setting: Setting<unknown>, value: string): string {
  return setting.secret === true && setting !== settings.databaseUrl ? '****' : maskedUrl(value);
}

function serverPath(key: SettingKey): string {
  const names: Partial<Record<SettingKey, string>> = SERVER_KEYS;
  return `server.${names[key] ?? ''}`;
}

/** The defaults of each workspace and connection for keys that the file omits. */
function defaultsOf(given: ReadonlySet<string>): readonly ShownValue[] {
  const places = [...given].flatMap((path): readonly (readonly [string, string | undefined])[] => {
    const [, workspace, connection] = /^(.+\])\.slug$|^(.+\])\.name$/.exec(path) ?? [];
    const fallbackOf = (key: string) => (settings[key as SettingKey] as Setting<unknown>).fallback;
    if (connection !== undefined) {
      const policy = Object.entries(POLICY_KEYS).map(
        ([key, name]) => [`${connection}.policy.${name}`, fallbackOf(key)] as const,
      );
      return [[`${connection}.${CONNECTION_KEYS.connectionState}`, FILE_STATE], ...policy];
    }
    if (workspace === undefined) return [];
    return [
      ...Object.entries(MODE_KEYS).map(
        ([key, name]) => [`${workspace}.mode.${name}`, fallbackOf(key)] as const,
      ),
      ...Object.entries(WORKSPACE_KEYS).map(
        ([key, name]) => [`${workspace}.${name}`, fallbackOf(key)] as const,
      ),
    ];
  });
  return places.flatMap(([path, value]) =>
    value === undefined || value === '' || given.has(path) ? [] : [{ path, value, origin: 'default' }],
  );
}
