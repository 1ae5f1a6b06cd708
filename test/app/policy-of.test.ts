/** What the environment and the file decide for a connection. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { policyOf } from '../../src/app/policy-of.ts';
import type { Environment } from '../../src/config/config.ts';
import { describeConfig } from '../../src/config/describe-config.ts';
import { readConfig } from '../../src/config/read-config.ts';

const DEFAULTS = {
  breaker: { count: 5, percent: 10, windowMs: 3_600_000 },
  protectedEmails: new Set(),
  allowedDomains: new Set(),
  maxMembers: null,
};

function policies(environment: Environment) {
  const [workspace] = readConfig(environment).workspaces;
  if (workspace === undefined) throw new Error('no workspace');
  return policyOf(workspace);
}

function inFile(policy: string): Environment {
  const path = join(mkdtempSync(join(tmpdir(), 'bridge-policy-')), 'bridge.yaml');
  writeFileSync(
    path,
    `workspaces:
  - slug: acme
    target: mode
    mode: { api_key: { env: KEY }, api_secret: { env: SECRET } }
    connections:
      - { name: okta${policy} }
      - { name: entra }
`,
  );
  return { BRIDGE_CONFIG: path, KEY: 'key', SECRET: 'other-secret' };
}

it('without settings the defaults hold', () => {
  expect(policies({})('default')).toEqual(DEFAULTS);
  expect(policies(inFile(''))('okta')).toEqual(DEFAULTS);
});

it('the environment decides for every connection, also for those that commands add', () => {
  const policy = policies({
    BRIDGE_BREAKER_COUNT: '0',
    BRIDGE_BREAKER_PERCENT: '100',
    BRIDGE_BREAKER_WINDOW_MINUTES: '1',
    BRIDGE_PROTECTED: 'Ana@Example.com, it@example.com',
    BRIDGE_ALLOWED_DOMAINS: 'Example.com',
    BRIDGE_MAX_MEMBERS: '250',
  });
  const wanted = {
    breaker: { count: 0, percent: 100, windowMs: 60_000 },
    protectedEmails: new Set(['ana@example.com', 'it@example.com']),
    allowedDomains: new Set(['example.com']),
    maxMembers: 250,
  };
  for (const connection of ['default', 'added', undefined]) expect(policy(connection)).toEqual(wanted);
});

it('the file decides for one connection, and the others have the defaults', () => {
  const environment = inFile(', policy: { breaker_count: 1, protected: [ana@example.com], max_members: 9 }');
  const policy = policies(environment);
  expect(policy('okta')).toEqual({
    ...DEFAULTS,
    breaker: { ...DEFAULTS.breaker, count: 1 },
    protectedEmails: new Set(['ana@example.com']),
    maxMembers: 9,
  });
  expect(policy('entra')).toEqual(DEFAULTS);
  const lines = describeConfig(environment).map((line) => line.replaceAll(/\s+/g, ' '));
  expect(lines).toContain('workspaces[0].connections[1].policy.breaker_percent 10 (default)');
  expect(lines.join('\n')).not.toContain('connections[1].policy.max_members');
});

it.each([
  ['BRIDGE_PROTECTED', 'ana', 'expects e-mail addresses'],
  ['BRIDGE_ALLOWED_DOMAINS', '*.example.com', 'expects domains'],
  ['BRIDGE_ALLOWED_DOMAINS', '@example.com', 'expects domains'],
  ['BRIDGE_BREAKER_PERCENT', '101', 'expects a whole number from 0 to 100'],
  ['BRIDGE_BREAKER_WINDOW_MINUTES', '0', 'expects a whole number from 1'],
  ['BRIDGE_MAX_MEMBERS', 'many', 'expects a whole number'],
])('%s does not take "%s"', (name, value, message) => {
  expect(() => readConfig({ [name]: value })).toThrow(`${name}: ${message}`);
});
