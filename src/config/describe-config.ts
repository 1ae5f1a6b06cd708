/** Tells the settings in force, line by line, with secrets masked: what `check-config` prints. */
import { lookUp, type Environment } from './read-config.ts';
import { settings, type Setting } from './settings.ts';

/** One line a setting: name, value, and where the value comes from. */
export function describeConfig(environment: Environment = process.env): readonly string[] {
  const width = Math.max(...Object.values(settings).map((setting) => setting.name.length));
  return Object.values(settings).map((setting: Setting<unknown>) => {
    const found = lookUp(setting, environment);
    const value = found?.value ?? setting.fallback;
    const origin = found === undefined ? 'default' : `from ${found.name}`;
    const shown = value === undefined ? '(not set)' : `${mask(setting, value)}  (${origin})`;
    return `${setting.name.padEnd(width)}  ${shown}`;
  });
}

/** A database URL keeps all but its password. */
function mask(setting: Setting<unknown>, value: string): string {
  if (setting.secret !== true) return value;
  if (setting === settings.databaseUrl)
    return value.replace(/(:\/\/[^:@/]*):[^@]*@/, '$1:****@').replace(/password=[^&]*/i, 'password=****');
  return '****';
}
