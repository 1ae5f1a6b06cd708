/** What a start makes of the database: its connections, tokens and states become what the configuration says. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareStore } from '../../src/app/prepare-store.ts';
import { systemClock } from '../../src/clock.ts';
import type { Config, Environment } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { authenticate, type TokenKind } from '../../src/directory/access/token.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { createLogger } from '../../src/observability/logger.ts';
import type { Store } from '../../src/store/open-store.ts';
import { engines, type EngineName } from '../databases.ts';
import { freshStore } from '../stores.ts';

const TOKEN = {
  OKTA: 'a-token-of-okta-0001',
  ENTRA: 'a-token-of-entra-001',
  FEED: 'a-token-of-a-reader-1',
  KEY: 'key',
};
const MODE = '{ api_key: { env: KEY }, api_secret: { env: KEY } }';

type Listed = Readonly<Record<string, readonly string[]>>;

/** The configuration of a file with these workspaces and connections. */
function fileOf(listed: Listed, more = ''): Config {
  const workspaces = Object.entries(listed).map(
    ([slug, connections]) =>
      `  - { slug: ${slug}, target: mode, mode: ${MODE}${more}, connections: [${connections.join(', ')}] }`,
  );
  const path = join(mkdtempSync(join(tmpdir(), 'bridge-prepare-')), 'bridge.yaml');
  writeFileSync(path, `workspaces:\n${workspaces.join('\n')}\n`);
  return readConfig({ ...TOKEN, BRIDGE_CONFIG: path });
}

const environment = (more: Environment = {}) =>
  readConfig({ MODE_WORKSPACE: 'acme', MODE_API_KEY: 'key', MODE_API_SECRET: 'secret', ...more });

async function open(engine: EngineName) {
  const store = await freshStore(engine);
  const warned: unknown[] = [];
  const log = Object.assign(createLogger('silent'), {
    warn: (fields: object) => {
      if ('connection' in fields) warned.push(fields.connection);
    },
  });
  const start = (config: Config) =>
    prepareStore({ config, clock: systemClock, log, forgetful: false }, store);
  return { store, start, warned };
}

const connectionsOf = async ({ access }: Store) =>
  (await access.connections()).map(({ id, workspace, name, state }) => `${id} ${workspace}/${name} ${state}`);
const opens = async ({ access }: Store, text: string, kind: TokenKind) => {
  const token = await authenticate(access, text, kind, systemClock.now());
  return token && `${token.workspace}/${token.connectionId ?? '*'}`;
};

describe.each(engines)('a start, on %s', (engine) => {
  it('makes connections with readable ids, and keeps the ids and the tokens at the next start', async () => {
    const { store, start } = await open(engine);
    const okta = '{ name: okta, tokens: { scim: { env: OKTA } } }';
    const config = fileOf({ acme: [okta, '{ name: entra, state: shadow }'], globex: ['{ name: okta }'] });
    const tokens = await start(config);
    expect(await connectionsOf(store)).toEqual([
      'acme:entra acme/entra shadow',
      'acme:okta acme/okta live',
      'globex:okta globex/okta live',
    ]);
    expect(await opens(store, TOKEN.OKTA, 'scim')).toBe('acme/acme:okta');
    const generated = tokens.flatMap(({ slug, feed, admin, connections }) =>
      [...connections.map(({ scim }) => scim), feed, admin].map(({ origin }) => `${slug} ${origin}`),
    );
    expect(generated).toEqual([
      'acme setting',
      ...Array<string>(3).fill('acme generated'),
      ...Array<string>(3).fill('globex generated'),
    ]);
    const again = await start(config);
    expect(again[1]?.connections).toEqual([{ name: 'okta', scim: { origin: 'existing' } }]);
    expect((await store.access.tokens()).length).toBe(7);
  });

  it('pauses a connection that the file lists no more, revokes its configured tokens, and names it', async () => {
    const { store, start, warned } = await open(engine);
    const okta = '{ name: okta, tokens: { scim: { env: OKTA } } }';
    await start(fileOf({ acme: [okta, '{ name: entra, tokens: { scim: { env: ENTRA } } }'] }));
    const byHand = await createToken(store.access, systemClock, {
      workspace: 'acme',
      connectionId: 'acme:entra',
      kind: 'scim',
      label: 'by hand',
    });
    await start(fileOf({ acme: [okta] }));
    expect(warned).toEqual(['entra']);
    expect(await connectionsOf(store)).toEqual(['acme:entra acme/entra paused', 'acme:okta acme/okta live']);
    expect(await opens(store, TOKEN.ENTRA, 'scim')).toBeUndefined();
    expect(await opens(store, byHand.text, 'scim')).toBe('acme/acme:entra');
    expect(await opens(store, TOKEN.OKTA, 'scim')).toBe('acme/acme:okta');
  });

  it('follows a token that changes, or moves to another connection', async () => {
    const { store, start } = await open(engine);
    const of = (okta: string, entra: string) =>
      fileOf({
        acme: [
          `{ name: okta, tokens: { scim: { env: ${okta} } } }`,
          `{ name: entra, tokens: { scim: { env: ${entra} } } }`,
        ],
      });
    await start(of('OKTA', 'ENTRA'));
    await start(of('ENTRA', 'OKTA'));
    expect(await opens(store, TOKEN.OKTA, 'scim')).toBe('acme/acme:entra');
    expect(await opens(store, TOKEN.ENTRA, 'scim')).toBe('acme/acme:okta');
    await start(of('ENTRA', 'FEED'));
    expect(await opens(store, TOKEN.OKTA, 'scim')).toBeUndefined();
  });

  it('moves from the environment to a file and back, with the connection that both call default', async () => {
    const { store, start } = await open(engine);
    await start(environment({ BRIDGE_SCIM_TOKEN: TOKEN.OKTA, BRIDGE_FEED_TOKEN: TOKEN.FEED }));
    expect(await connectionsOf(store)).toEqual(['default acme/default live']);
    expect(await opens(store, TOKEN.FEED, 'feed')).toBe('acme/*');
    const both = {
      acme: ['{ name: default, state: paused, profile: okta-put }'],
      globex: ['{ name: default }'],
    };
    await start(fileOf(both, ', tokens: {}'));
    expect(await connectionsOf(store)).toEqual([
      'default acme/default paused',
      'globex:default globex/default live',
    ]);
    expect(await store.idp.profile('default')).toMatchObject({ pinned: 'okta-put' });
    expect(await opens(store, TOKEN.OKTA, 'scim')).toBeUndefined();
    await expect(start(environment())).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('"globex" besides "acme": describe both in a file') as string,
    });
  });

  it('is refused when the database has a workspace that nothing describes', async () => {
    const { start } = await open(engine);
    await start(fileOf({ acme: ['{ name: okta }'], globex: ['{ name: okta }'] }));
    await expect(start(fileOf({ acme: ['{ name: okta }'] }))).rejects.toThrow(
      /has the workspace "globex", which .*bridge\.yaml does not list: list it/,
    );
    await expect(start(environment({ MODE_WORKSPACE: 'other' }))).rejects.toThrow(
      'The database belongs to the workspace "acme", and MODE_WORKSPACE is "other"',
    );
  });

  it('sets the state of the environment when it is given, and leaves the one of an operator alone', async () => {
    const { store, start } = await open(engine);
    await start(environment());
    await store.access.saveState('default', 'paused', { at: 0 });
    await start(environment());
    expect(await connectionsOf(store)).toEqual(['default acme/default paused']);
    await start(environment({ BRIDGE_CONNECTION_STATE: 'shadow' }));
    expect(await connectionsOf(store)).toEqual(['default acme/default shadow']);
  });
});
