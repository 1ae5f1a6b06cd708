/** What the program prints to be pasted works where it was started. */
import { expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';

it.each([
  ['/app/src/main.ts', 'npm run bridge -- plan'],
  ['/usr/local/bin/mode-scim-bridge', 'mode-scim-bridge plan'],
  ['/app/node_modules/mode-scim-bridge/dist/main.js', 'mode-scim-bridge plan'],
])('a command of %s is %s', (script, line) => {
  expect(commandLine('plan', script)).toBe(line);
});
