/** docs/settings.md has every setting as the program knows it. */
import { expect, it } from 'vitest';
import {
  CONNECTION_KEYS,
  CONNECTION_TOKEN_KEYS,
  MODE_KEYS,
  POLICY_KEYS,
  SERVER_KEYS,
  TOKEN_KEYS,
  WORKSPACE_KEYS,
} from '../../src/config/file-keys.ts';
import type { Setting } from '../../src/config/setting.ts';
import { settings } from '../../src/config/settings.ts';

const PLACES: readonly (readonly [place: string, keys: Readonly<Record<string, string>>])[] = [
  ['server.', SERVER_KEYS],
  ['mode.', MODE_KEYS],
  ['', WORKSPACE_KEYS],
  ['tokens.', TOKEN_KEYS],
  ['connections[].', CONNECTION_KEYS],
  ['connections[].policy.', POLICY_KEYS],
  ['connections[].tokens.', CONNECTION_TOKEN_KEYS],
];

function inTheFile(key: string): string | undefined {
  for (const [place, keys] of PLACES) if (keys[key] !== undefined) return `${place}${keys[key]}`;
  return undefined;
}

function entry([key, setting]: readonly [string, Setting<unknown>]): string {
  const { name, aliases = [], secret, description, fallback } = setting;
  const place = key === 'modeWorkspace' ? 'slug' : inTheFile(key);
  const facts = [
    ...(fallback === undefined || fallback === '' ? [] : [`Default: \`${fallback}\`.`]),
    ...(aliases.length === 0 ? [] : [`Also read from ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`]),
    ...(secret === true ? [`Secret; \`${name}_FILE\` names a file that has it.`] : []),
    ...(place === undefined ? [] : [`In the file: \`${place}\`.`]),
  ];
  const sentence = description.endsWith('.') ? description : `${description}.`;
  return `## ${name}\n\n${sentence}${facts.length === 0 ? '' : `\n\n${facts.join(' ')}`}`;
}

it('docs/settings.md has every setting with its default, and its place in the file', async () => {
  const entries = Object.entries<Setting<unknown>>(settings).map(entry);
  const page = `# Settings

Environment variables. \`npm run bridge -- check-config\` shows those in force. A file can describe several workspaces and connections
([configuration.md](configuration.md)): keys below \`workspaces[]\` are written here without that. This page is generated from
\`src/config/settings.ts\` by \`vitest run test/config/settings-page.test.ts --update\`.

${entries.join('\n\n')}
`;
  await expect(page).toMatchFileSnapshot('../../docs/settings.md');
});
