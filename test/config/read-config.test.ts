import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wantsSimulatedMode } from '../../src/cli/choose-mode.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { settings } from '../../src/config/settings.ts';

const MODE = { MODE_WORKSPACE: 'acme', MODE_API_KEY: 'key', MODE_API_SECRET: 'secret' };
const LONG = 'a-token-that-is-long-enough';

const problemsOf = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a name that no setting has', () => {
  it.each([
    ['MODE_APIKEY', 'MODE_API_KEY'],
    ['MODE_API_SECRETS', 'MODE_API_SECRET'],
    ['mode_workspace', 'MODE_WORKSPACE'],
    ['MODE_API_KEY_FIEL', 'MODE_API_KEY_FILE'],
    ['BATON_MODE_API_KYE', 'BATON_MODE_API_KEY'],
    ['BRIDGE_DATABSE_URL', 'BRIDGE_DATABASE_URL'],
    ['FEED_PERMISSION', 'FEED_PERMISSIONS'],
    ['SANDBOX_PROFILES', 'SANDBOX_PROFILE'],
    // Only a secret can be given as a file.
    ['BRIDGE_PORT_FILE', 'BRIDGE_PORT'],
  ])('%s is refused, and %s suggested', (name, nearest) => {
    const message = problemsOf({ ...MODE, [name]: 'a-value' });
    expect(message).toContain(`${name}: there is no setting of this name. Did you mean ${nearest}?`);
    expect(message).not.toContain('a-value');
  });

  it('is refused without a suggestion when nothing is like it', () => {
    for (const name of ['FEED_QQQQQQQQQQQQQQQQ', 'BRIDGE_DB_URL'])
      expect(problemsOf({ [name]: 'x' })).toContain('"check-config" lists all settings');
  });

  it('is none of ours when it begins otherwise, or when Kubernetes made it for a Service', () => {
    expect(
      problemsOf({
        HOME: '/root',
        MODEL_PATH: 'x',
        BRIDGES: 'x',
        MODE_SCIM_BRIDGE_SERVICE_HOST: '10.0.0.1',
        MODE_SCIM_BRIDGE_SERVICE_PORT: '8080',
        MODE_SCIM_BRIDGE_SERVICE_PORT_HTTP: '8080',
        MODE_SCIM_BRIDGE_PORT: 'tcp://10.0.0.1:8080',
        MODE_SCIM_BRIDGE_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
        MODE_SCIM_BRIDGE_PORT_8080_TCP_ADDR: '10.0.0.1',
        MODE_SCIM_BRIDGE_PORT_8080_TCP_PROTO: 'tcp',
      }),
    ).toBe('');
    expect(problemsOf({ BRIDGE_PORT: 'tcp://10.0.0.1:8080' })).toContain('enableServiceLinks: false');
  });
});

describe('a setting', () => {
  const names = Object.values(settings).map(({ name }) => name);
  const shared = ['NODE_ENV', 'LOG_LEVEL'];

  it.each(names.filter((name) => !shared.includes(name)))('%s is refused when it is empty', (name) => {
    for (const value of ['', ' ']) {
      expect(problemsOf({ ...MODE, [name]: value })).toContain(`${name}: is empty`);
    }
  });

  it('that other programs share is as not set when it is empty', () => {
    const config = readConfig({ NODE_ENV: '', LOG_LEVEL: '' });
    expect([config.server.production, config.server.logLevel]).toEqual([false, 'info']);
  });

  it('has one problem when it is wrong, and not another for missing', () => {
    expect(problemsOf({ ...MODE, MODE_API_KEY: '' }).split('\n  - ')).toHaveLength(2);
    expect(problemsOf({ ...MODE, MODE_API_KEY: 'with a space' }).split('\n  - ')).toHaveLength(2);
  });

  it('from a file: the error names the problem of the file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bridge-config-'));
    const empty = join(folder, 'empty');
    writeFileSync(empty, '\n');
    const of = (path: string) => problemsOf({ BRIDGE_SCIM_TOKEN_FILE: path });
    expect(of(empty)).toContain(`BRIDGE_SCIM_TOKEN: names the file "${empty}", which is empty`);
    expect(of(join(folder, 'none'))).toContain('does not exist');
    expect(of(folder)).toContain('is a folder');
    expect(of('/dev/zero')).toContain('which is larger than 64 KiB');
    expect(of('')).toContain('BRIDGE_SCIM_TOKEN: ');
    writeFileSync(empty, LONG);
    expect(problemsOf({ BRIDGE_SCIM_TOKEN: LONG, BRIDGE_SCIM_TOKEN_FILE: empty })).toContain(
      'set one of them',
    );
  });
});

describe('a bearer token of the bridge', () => {
  it.each(['BRIDGE_SCIM_TOKEN', 'BRIDGE_FEED_TOKEN', 'BRIDGE_ADMIN_TOKEN'])(
    '%s has 16 characters or more',
    (name) => {
      expect(problemsOf({ [name]: '123456789012345' })).toContain(`${name}: expects 16 characters or more`);
      expect(problemsOf({ [name]: '1234567890123456' })).toBe('');
    },
  );

  it.each([
    ['BRIDGE_SCIM_TOKEN', 'BRIDGE_FEED_TOKEN'],
    ['BRIDGE_SCIM_TOKEN', 'BRIDGE_ADMIN_TOKEN'],
    ['BRIDGE_FEED_TOKEN', 'BRIDGE_ADMIN_TOKEN'],
    ['BRIDGE_SCIM_TOKEN', 'MODE_API_SECRET'],
    ['BRIDGE_FEED_TOKEN', 'MODE_API_KEY'],
  ])('%s and %s are different texts', (one, other) => {
    const message = problemsOf({ ...MODE, [one]: LONG, [other]: LONG });
    expect(message).toContain(`${one} and ${other}: are the same text`);
    expect(message).not.toContain(LONG);
  });
});

describe('a URL', () => {
  it.each(['BRIDGE_PUBLIC_URL', 'MODE_BASE_URL', 'MODE_SCIM_URL'])(
    '%s has no credentials, query or fragment',
    (name) => {
      const more = name === 'MODE_SCIM_URL' ? { MODE_SCIM_TOKEN: 'x' } : {};
      const of = (url: string) => problemsOf({ ...MODE, ...more, [name]: url });
      for (const url of ['https://u:hidden@x.test', 'https://hidden@x.test', 'https://:hidden@x.test']) {
        expect(of(url)).toContain(`${name}: expects a URL without a user and password`);
        expect(of(url)).not.toContain('hidden');
      }
      expect(of('https://x.test/?token=hidden')).toContain('without a query');
      expect(of('https://x.test/scim/v2/')).toBe('');
    },
  );

  it('of the database is whole, in the short form for a socket, too', () => {
    expect(problemsOf({ BRIDGE_DATABASE_URL: 'postgres://u:p/w@db/bridge' })).toContain('%2F');
    expect(problemsOf({ BRIDGE_DATABASE_URL: 'postgres://u:p@/bridge?host=/run/postgresql' })).toBe('');
  });
});

describe('a simulated Mode', () => {
  const wants = (environment: Record<string, string>, sandbox = false) =>
    wantsSimulatedMode(readConfig(environment), sandbox);

  it('starts without MODE_ settings, except in production, where it must be asked for', () => {
    expect(wants({})).toBe(true);
    expect(wants({ NODE_ENV: 'test' })).toBe(true);
    expect(() => wants({ NODE_ENV: 'production' })).toThrow(/Set MODE_WORKSPACE.*serve --sandbox/);
    expect(wants({ NODE_ENV: 'production' }, true)).toBe(true);
  });

  it('never starts beside MODE_ settings', () => {
    expect(wants({ ...MODE, NODE_ENV: 'production' })).toBe(false);
    expect(() => wants(MODE, true)).toThrow(/remove the flag or the settings/);
  });
});
