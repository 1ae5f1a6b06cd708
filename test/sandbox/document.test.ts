/** docs/sandbox.md is correct: its commands work, and its table of quirks matches the code. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../src/sandbox/mode/behaviour/profiles.ts';
import { Quirks } from '../../src/sandbox/mode/behaviour/quirks.ts';
import { start } from '../acceptance/boot.ts';
import { run } from '../cli/run-here.ts';
import { simulate } from './simulated.ts';

const text = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');
const COMMAND = /^curl (?:-X (?<method>\w+) )?\$MODE(?<path>\S+)(?: --json '(?<json>.+)')?$/;
const commands = text.split('\n').filter((line) => line.startsWith('curl '));
const environment = { SANDBOX_PORT: '0', LOG_LEVEL: 'warn' };

describe('docs/sandbox.md', () => {
  it('every command succeeds, in the order of the document', async () => {
    const { url, control } = await simulate();
    expect(commands.length).toBeGreaterThan(20);
    for (const command of commands) {
      const { method, path = '', json } = COMMAND.exec(command)?.groups ?? {};
      const response = await fetch(url + path, {
        method: method ?? 'GET',
        ...(json === undefined ? {} : { body: json, headers: { 'content-type': 'application/json' } }),
      });
      expect(response.status, `${command}: ${await response.text()}`).toBe(200);
    }
    expect(control.settings().faults).toHaveLength(4);
    expect(control.state().members).toHaveLength(1);
  });

  it('has a row for each quirk, with its value in each profile', () => {
    const rows = text
      .split('\n')
      .filter((line) => /^\| `\w+` +\|.+\|.+\|.+\|.+\|.+\|$/.test(line))
      .map((line) => line.split('|').slice(1, -1));
    const expected = Object.entries(Quirks.properties).map(([name, schema]) => [
      `\`${name}\``,
      (schema as { description?: string }).description,
      ...Object.values(PROFILES).map(({ quirks }) => String(quirks[name as keyof Quirks])),
    ]);
    expect(rows.map((row) => row.map((cell) => cell.trim()))).toEqual(expected);
  });

  it('the program starts with a profile, settings and a size', async () => {
    const size = { members: 30, groups: 3, memberships: 40 };
    const args = ['--profile', 'hostile', '--settings', '{"latency_ms": 1}', '--seed', JSON.stringify(size)];
    const running = await start(['sandbox', ...args], environment, 'Sandbox URL');
    try {
      expect(running.told('Profile')).toBe('hostile');
      const control = `${running.told('Sandbox URL')}/_sandbox`;
      expect(await (await fetch(`${control}/settings`)).json()).toMatchObject({
        profile: 'hostile',
        latency_ms: 1,
      });
      const { members } = (await (await fetch(`${control}/state`)).json()) as { members: unknown[] };
      expect(members).toHaveLength(30);
    } finally {
      expect(await running.stop()).toBe(0);
    }
  });

  it('the program prints the workspaces, and for each the settings that point a bridge at it', async () => {
    const several = { ...environment, SANDBOX_WORKSPACES: 'acme,globex' };
    const args = ['--settings', '{"scim_enabled": true}'];
    const running = await start(['sandbox', ...args], several, 'Sandbox URL');
    try {
      const url = running.told('Sandbox URL');
      expect(running.stdout().split('\n').slice(1, 8)).toEqual([
        `  MODE_BASE_URL=${url} MODE_WORKSPACE=acme`,
        '  MODE_API_KEY=sandbox MODE_API_SECRET=sandbox MODE_INVITER_KEY=inviter MODE_INVITER_SECRET=inviter',
        `  MODE_SCIM_URL=${url}/scim/v2 MODE_SCIM_TOKEN=sandbox-scim-token`,
        `  MODE_BASE_URL=${url} MODE_WORKSPACE=globex`,
        '  MODE_API_KEY=sandbox-globex MODE_API_SECRET=sandbox-globex MODE_INVITER_KEY=inviter-globex MODE_INVITER_SECRET=inviter-globex',
        `  MODE_SCIM_URL=${url}/scim/globex/v2 MODE_SCIM_TOKEN=sandbox-scim-token-globex`,
        'Workspaces   acme, globex',
      ]);
    } finally {
      expect(await running.stop()).toBe(0);
    }
  });

  it.each([
    [['--profile', 'nice'], {}, 'Use one of: likely, kind, documented, hostile'],
    [[], { SANDBOX_PROFILE: 'nice' }, 'Use one of: likely, kind, documented, hostile'],
    [['--settings', '{"quirks": {"colour": 1}}'], {}, 'Unknown quirk "colour"'],
    [['--settings', 'fast'], {}, '--settings expects a JSON object'],
    [['--seed', '{"members": 0}'], {}, '/members'],
  ])('%j %j is refused with a helpful message', async (args, more, message) => {
    const { code, stderr } = await run(['sandbox', ...args], { ...environment, ...more });
    expect([code, stderr.includes(message)]).toEqual([2, true]);
  });
});
