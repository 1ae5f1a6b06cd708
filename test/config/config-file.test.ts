/** The configuration file: what it may say, and that everything wrong with it is reported at once, with its place. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Value } from 'typebox/value';
import type { Environment } from '../../src/config/config.ts';
import { describeConfig } from '../../src/config/describe-config.ts';
import {
  CONNECTION_KEYS,
  CONNECTION_TOKEN_KEYS,
  MODE_KEYS,
  POLICY_KEYS,
  SERVER_KEYS,
  TOKEN_KEYS,
  WORKSPACE_KEYS,
} from '../../src/config/file-keys.ts';
import { fileSchema } from '../../src/config/file-schema.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { CONNECTION_STATES } from '../../src/directory/access/connection.ts';
import { settings } from '../../src/config/settings.ts';

const SECRETS = {
  ACME_KEY: 'hidden-acme-key',
  ACME_INVITER: 'hidden-inviter',
  OKTA: 'hidden-okta-token-0001',
  ENTRA: 'hidden-entra-token-001',
  FEED: 'hidden-feed-token-0001',
  GLOBEX_KEY: 'hidden-globex-key',
  GLOBEX_OKTA: 'hidden-globex-okta-001',
  DB: 'postgres://u:hidden@db/bridge',
};

const FULL = `server:
  public_url: https://scim.example.com/
  database: { env: DB }
  port: 8090
  admin_hosts: [bridge.internal, bridge]
workspaces:
  - slug: acme
    target: mode
    mode:
      base_url: https://app.mode.com
      api_key: { env: ACME_KEY }
      api_secret: { file: acme-secret }
      inviter_key: { env: ACME_INVITER }
      inviter_secret: { file: acme-secret }
      requests_per_second: 2.5
    adoption: "off"
    feed_permissions: true
    invite_resend_days: 3
    tokens: { feed: { env: FEED } }
    connections:
      - { name: okta, tokens: { scim: { env: OKTA } } }
      - { name: entra, state: shadow, tokens: { scim: { env: ENTRA } }, profile: [entra, always-body] }
  - slug: globex
    target: mode
    mode: { api_key: { env: GLOBEX_KEY }, api_secret: { file: acme-secret } }
    connections: [{ name: okta, tokens: { scim: { env: GLOBEX_OKTA } } }]
`;

/** @returns the path of a file with the text, next to a file with a secret */
function write(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-file-'));
  writeFileSync(join(folder, 'acme-secret'), 'hidden-acme-secret\n');
  const path = join(folder, 'bridge.yaml');
  writeFileSync(path, text);
  return path;
}

function problemsOf(text: string, more: Environment = {}): readonly string[] {
  const path = write(text);
  try {
    readConfig({ ...SECRETS, BRIDGE_CONFIG: path, ...more });
    return [];
  } catch (error) {
    const { message } = error as Error;
    expect(message).not.toContain('hidden');
    return message.replaceAll(`${path}:`, '').split('\n  - ').slice(1);
  }
}

const changed = (from: string, to: string) => {
  expect(FULL).toContain(from);
  return FULL.replace(from, to);
};

describe('a configuration file', () => {
  it('describes workspaces, connections, secrets and settings of the process', () => {
    const path = write(FULL);
    const config = readConfig({ ...SECRETS, BRIDGE_CONFIG: path, LOG_LEVEL: 'warn' });
    expect(config.file).toBe(path);
    expect(config.server).toMatchObject({
      publicUrl: 'https://scim.example.com',
      databaseUrl: SECRETS.DB,
      port: 8090,
      adminHosts: ['bridge.internal', 'bridge'],
      logLevel: 'warn',
      host: '0.0.0.0',
    });
    expect(config.workspaces).toMatchObject([
      {
        slug: 'acme',
        mode: {
          workspace: 'acme',
          key: { token: SECRETS.ACME_KEY, secret: 'hidden-acme-secret' },
          inviter: { token: SECRETS.ACME_INVITER, secret: 'hidden-acme-secret' },
        },
        modeRequestsPerSecond: 2.5,
        adoption: 'off',
        drift: 'enforce',
        feedPermissions: true,
        inviteResendDays: 3,
        tokens: {
          feed: {
            text: SECRETS.FEED,
            setting: 'BRIDGE_CONFIG',
            place: `${path}:19 workspaces[0].tokens.feed`,
          },
          admin: undefined,
        },
        connections: [
          { name: 'okta', state: 'live', tokens: { scim: { text: SECRETS.OKTA } }, profile: undefined },
          { name: 'entra', state: 'shadow', profile: { pinned: 'entra', shapes: ['always-body'] } },
        ],
      },
      { slug: 'globex', mode: { workspace: 'globex', baseUrl: 'https://app.mode.com' } },
    ]);
  });

  it('is valid by its JSON Schema, too', () => {
    expect([...Value.Errors(fileSchema, parse(FULL))]).toEqual([]);
    for (const [from, to] of [
      ['port: 8090', 'prt: 8090'],
      ['{ env: ACME_KEY }', 'plain-text'],
      ['target: mode', 'target: tableau'],
    ] as const)
      expect([...Value.Errors(fileSchema, parse(changed(from, to)))]).not.toEqual([]);
  });

  it('has its JSON Schema in docs', () => {
    expect(JSON.parse(readFileSync('docs/bridge.schema.json', 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(fileSchema)),
    );
  });

  it('is shown with the place of every value, and with secrets masked', () => {
    const path = write(FULL);
    const lines = describeConfig({ ...SECRETS, BRIDGE_CONFIG: path, BRIDGE_HOST: '::' });
    const line = (name: string) => lines.find((text) => text.startsWith(`${name} `))?.replace(/ {2,}/g, '  ');
    expect(line('server.port')).toBe(`server.port  8090  (${path}:4)`);
    expect(line('BRIDGE_PORT')).toBeUndefined();
    expect(line('BRIDGE_HOST')).toBe('BRIDGE_HOST  ::  (from BRIDGE_HOST)');
    expect(line('server.database')).toContain('postgres://****@db/bridge');
    expect(line('workspaces[0].mode.api_key')).toBe(
      `workspaces[0].mode.api_key  ****  (${path}:11, from ACME_KEY)`,
    );
    expect(line('workspaces[0].connections[1].state')).toBe(
      `workspaces[0].connections[1].state  shadow  (${path}:22)`,
    );
    expect(line('workspaces[1].drift')).toBe('workspaces[1].drift  enforce  (default)');
    expect(lines.join('\n')).not.toContain('hidden');
  });
});

describe('the documentation of the file', () => {
  const text = readFileSync('docs/configuration.md', 'utf8');
  const examples = Array.from(text.matchAll(/```yaml\n([^]*?)```/g), ([, example = '']) => example);

  it.each(examples)(
    'has an example that is read without a problem, and is valid by the schema: %s',
    (example) => {
      const names = Array.from(example.matchAll(/env: (\w+)/g), ([, name = '']) => name);
      const environment = Object.fromEntries(names.map((name) => [name, `a-secret-text-of-${name}`]));
      environment['BRIDGE_DATABASE_URL'] = 'sqlite:data/bridge.db';
      const config = readConfig({ ...environment, BRIDGE_CONFIG: write(example) });
      expect(config.workspaces[0]?.slug).toBe('acme');
      expect([...Value.Errors(fileSchema, parse(example))]).toEqual([]);
    },
  );

  it('has every state of a connection', () => {
    for (const state of CONNECTION_STATES) expect(text).toContain(`| \`${state}\``);
  });
});

describe('a problem of the file is reported with its place', () => {
  it.each([
    ['an unknown key', 'port: 8090', 'prt: 8090', '4 server.prt: there is no such key. Did you mean port?'],
    [
      'two letters swapped',
      'port: 8090',
      'prot: 1',
      '4 server.prot: there is no such key. Did you mean port?',
    ],
    [
      'an unknown key without a like one',
      'port: 8090',
      'x: 1',
      '4 server.x: there is no such key. The keys here are',
    ],
    ['a wrong value', 'port: 8090', 'port: many', '4 server.port: expects a port'],
    ['nothing', 'port: 8090', 'port:', '4 server.port: is empty'],
    [
      'a secret as plain text',
      '{ env: ACME_KEY }',
      'hidden-in-the-file',
      '11 workspaces[0].mode.api_key: a secret is not written into this file',
    ],
    [
      'a variable that is not set',
      'ACME_KEY }',
      'NOT_SET }',
      '11 workspaces[0].mode.api_key: names the environment variable NOT_SET, which is not set',
    ],
    [
      'a secret in the place of a name',
      'ACME_KEY }',
      'hidden-text }',
      '11 workspaces[0].mode.api_key: names an environment variable whose name is not in capital letters (not shown here: it may be the secret itself), which is not set',
    ],
    [
      'a number in the place of a name',
      '{ env: ACME_KEY }',
      '{ env: 5 }',
      '11 workspaces[0].mode.api_key: expects the name of an environment variable after "env"',
    ],
    [
      'a mistyped key of a secret',
      '{ env: ACME_KEY }',
      '{ enc: hidden }',
      '11 workspaces[0].mode.api_key: expects the key env or file here',
    ],
    [
      'a secret from two places',
      '{ env: ACME_KEY }',
      '{ env: ACME_KEY, file: acme-secret }',
      '11 workspaces[0].mode.api_key: expects one key here, env or file',
    ],
    [
      'an alias without an anchor',
      '{ env: ACME_KEY }',
      '*hidden',
      '11: has an alias (*) without an anchor (&) before it. Write a text that begins with * in quotes',
    ],
    [
      'a file that is not there',
      '{ file: acme-secret }',
      '{ file: none }',
      '12 workspaces[0].mode.api_secret: names the file',
    ],
    ['a slug twice', 'slug: globex', 'slug: acme', '23 workspaces[1].slug: another workspace has this slug'],
    [
      'a connection twice',
      'name: entra',
      'name: okta',
      '22 workspaces[0].connections[1].name: another connection of the workspace has this name',
    ],
    [
      'a slug that differs from another only in case',
      'slug: globex',
      'slug: ACME',
      '23 workspaces[1].slug: another workspace has this slug',
    ],
    [
      'a connection whose name differs from another only in case',
      'name: entra',
      'name: Okta',
      '22 workspaces[0].connections[1].name: another connection of the workspace has this name',
    ],
    [
      'a token twice',
      'env: GLOBEX_OKTA',
      'env: OKTA',
      'workspaces[1].connections[0].tokens.scim: are the same text',
    ],
    [
      'a token that is a secret of Mode',
      'env: GLOBEX_OKTA',
      'env: ACME_KEY',
      '26 workspaces[1].connections[0].tokens.scim: expects 16 characters or more',
    ],
    ['a missing key', '      api_key: { env: ACME_KEY }\n', '', 'workspaces[0].mode.api_key: is needed'],
    [
      'half of a pair',
      '      inviter_key: { env: ACME_INVITER }\n',
      '',
      'workspaces[0].mode.inviter_secret: set both or neither',
    ],
    ['another target', 'target: mode', 'target: tableau', '8 workspaces[0].target: expects one of mode'],
    [
      'an unknown state',
      'state: shadow',
      'state: on',
      '22 workspaces[0].connections[1].state: expects one of',
    ],
    ['a profile that is none', '[entra, always-body]', '[azure]', 'There is no profile "azure"'],
    [
      'a list that is none',
      'connections: [{ name',
      'connections: [] #',
      '26 workspaces[1].connections: expects a list',
    ],
    [
      'a text where keys are expected',
      'tokens: { feed: { env: FEED } }',
      'tokens: x',
      '19 workspaces[0].tokens',
    ],
  ])('%s', (_what, from, to, expected) => {
    expect(problemsOf(changed(from, to)).some((problem) => problem.includes(expected))).toBe(true);
  });

  it('and all of them in one message', () => {
    const text = changed('port: 8090', 'port: many')
      .replace('slug: globex', 'slug: acme')
      .replace('ACME_KEY }', 'NONE }');
    expect(problemsOf(text)).toHaveLength(3);
  });

  it('when it is not YAML, without its text', () => {
    expect(problemsOf('server: { public_url: "hidden\n')[0]).toMatch(/^\d+: is not YAML/);
    expect(problemsOf('a: b: c\n')[0]).toBe(
      '1: is not YAML: a line has two keys, or a text with ": " that needs quotes',
    );
    expect(problemsOf('a: %hidden\n')[0]).toContain('1: is not YAML: a text begins with a character');
    expect(problemsOf('a: 1\na: 2\n')[0]).toContain('2: is not YAML: the key is given twice');
  });

  it('and whatever is written in the place of a secret is not repeated', () => {
    const letters = fc.constantFrom(...Array.from('ab09 {}[],&*!|>%@`"#?:-$='));
    const around = fc.string({ unit: letters, maxLength: 8 });
    fc.assert(
      fc.property(around, around, (before, after) => {
        const text = changed('{ env: ACME_KEY }', `${before}hidden${after}`);
        // "problemsOf" looks for the text in the message. The rest of a comment may leave nothing wrong.
        problemsOf(text);
      }),
      { numRuns: 300 },
    );
  });

  it('when it has no workspace, or cannot be read', () => {
    expect(problemsOf('server: { port: 1 }')).toEqual(['1 workspaces: is needed: a list of workspaces']);
    expect(problemsOf('')).toEqual(['1 workspaces: is needed: a list of workspaces']);
    expect(() => readConfig({ BRIDGE_CONFIG: '/none/bridge.yaml' })).toThrow(
      'BRIDGE_CONFIG: names the file "/none/bridge.yaml"',
    );
    const folder = mkdtempSync(join(tmpdir(), 'bridge-file-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [folder, pipe, '/dev/zero'])
      expect(() => readConfig({ BRIDGE_CONFIG: path })).toThrow(`"${path}", which is a folder, a device`);
    const large = write('#'.repeat(1_000_001));
    expect(() => readConfig({ BRIDGE_CONFIG: large })).toThrow('which is larger than 1000000 bytes');
    expect(() => readConfig({ BRIDGE_CONFIG: '' })).toThrow('BRIDGE_CONFIG: is empty');
  });
});

describe('next to a configuration file', () => {
  const workspaceSettings = [
    'modeWorkspace',
    ...Object.keys({
      ...MODE_KEYS,
      ...WORKSPACE_KEYS,
      ...TOKEN_KEYS,
      ...CONNECTION_KEYS,
      ...CONNECTION_TOKEN_KEYS,
      ...POLICY_KEYS,
    }),
  ] as (keyof typeof settings)[];

  it.each(workspaceSettings.map((key) => settings[key].name))('%s is refused', (name) => {
    expect(problemsOf(FULL, { [name]: 'hidden-value' })).toEqual([
      `${name}: is set, and BRIDGE_CONFIG describes the workspaces: move it into the file, or remove one of them`,
    ]);
  });

  it('a variable with a name of ours is fine when the file refers to it, and unknown when not', () => {
    const text = changed('{ env: ACME_KEY }', '{ env: MODE_API_KEY }').replace(
      'env: OKTA',
      'env: BRIDGE_OKTA',
    );
    const more = { MODE_API_KEY: 'hidden-key', BRIDGE_OKTA: SECRETS.OKTA };
    expect(problemsOf(text, more)).toEqual([]);
    expect(problemsOf(FULL, { BRIDGE_OKTA: 'x' })[0]).toContain(
      'BRIDGE_OKTA: there is no setting of this name',
    );
  });

  it('every setting has one place: in the file, or in the environment alone', () => {
    const environmentOnly = [
      'configFile',
      'sandboxPort',
      'sandboxProfile',
      'sandboxWorkspaces',
      'production',
    ];
    const places = [...workspaceSettings, ...Object.keys(SERVER_KEYS), ...environmentOnly];
    expect(places.toSorted()).toEqual(Object.keys(settings).toSorted());
  });
});
