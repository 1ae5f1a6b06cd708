/** The version, from package.json, which is next to `src`, or next to the compiled program in a package. */
import { readFileSync } from 'node:fs';

export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};
