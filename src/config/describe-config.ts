/** Tells the settings in force, line by line, with secrets masked: what `check-config` prints. */
import { lookUp, type Environment } from './read-config.ts';
import { maskedUrl } from './masked-url.ts';
import { settings, type Setting } from './settings.ts';

/** One line a setting: name, value, and where the value comes from. */
export function describeConfig(environment: Environment = process.env): readonly string[] {
  const width = Math.max(...Object.values(settings).map((setting) => setting.name.length));
  return Object.values(settings).map((setting: Setting<unknown>) => {
    const found = lookUp(setting, environment);
    const value = found?.value ?? setting.fallback;
    const origin = found === undefined ? 'default' : `from ${found.name}`;
    const shown = value === undefined ? '(not set)' : `${mask(setting, value)}  (${origin})`;
    return `${setting.name.padEnd(width)}  ${shown}`.trimEnd();
  });
}

/** The database is a secret because of its password alone; the rest of its URL is worth seeing. */
function mask(setting: Setting<unknown>, value: string): string {
  return setting.secret === true && setting !== settings.databaseUrl ? '****' : maskedUrl(value);
}
