/** The name of a setting in messages: what a person must change. */
import { SERVER_KEYS } from './file-keys.ts';
import { settings } from './settings.ts';

/**
 * @param file the configuration file; undefined: there is none
 * @returns the environment variable; with a file, the key of the file, which takes precedence
 */
export function settingName(key: keyof typeof SERVER_KEYS, file: string | undefined): string {
  return file === undefined ? settings[key].name : `server.${SERVER_KEYS[key]} of ${file}`;
}
