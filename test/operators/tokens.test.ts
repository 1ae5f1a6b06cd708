/** A token is revoked for good, or not at all: what the configuration gives would be valid again after a start. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operatorsOf } from '../../src/app/operators-of.ts';
import { prepareStore } from '../../src/app/prepare-store.ts';
import { systemClock as clock } from '../../src/clock.ts';
import type { Config, Environment } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { authenticate } from '../../src/directory/access/token.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { engines, type EngineName } from '../databases.ts';
import { freshStore } from '../stores.ts';

const TOKENS = {
  BRIDGE_SCIM_TOKEN: 'a-token-of-okta-0001',
  BRIDGE_FEED_TOKEN: 'a-token-of-a-reader-1',
  BRIDGE_ADMIN_TOKEN: 'a-token-of-an-admin-1',
};
const log = createLogger('silent');
const DAY_MS = 24 * 60 * 60_000;

function fileOf(tokens: string): Environment {
  const path = join(mkdtempSync(join(tmpdir(), 'bridge-tokens-')), 'bridge.yaml');
  writeFileSync(
    path,
    `workspaces:
  - slug: acme
    target: mode
    mode: { api_key: { env: KEY }, api_secret: { env: KEY } }
    ${tokens}
`,
  );
  return { KEY: 'key', BRIDGE_CONFIG: path };
}

async function open(engine: EngineName) {
  const store = await freshStore(engine);
  const start = (config: Config) => prepareStore({ config, clock, log, forgetful: false }, store);
  const valid = async (label: string) => {
    const tokens = await store.access.tokens();
    return tokens.find((token) => token.label === label && token.revokedAt === null)?.id;
  };
  const revoke = async (id: string | undefined, config: Config) =>
    operatorsOf(store, clock, config).tokens.revoke(id ?? 'none');
  return { start, valid, revoke, store };
}

describe.each(engines)('"tokens revoke", on %s', (engine) => {
  it.each(Object.keys(TOKENS))('refuses the token of %s, and names the setting', async (setting) => {
    const { start, valid, revoke } = await open(engine);
    await start(readConfig(TOKENS));
    const id = await valid(setting);
    // A command may lack the settings of the running bridge: what gave the token is remembered.
    for (const config of [readConfig(TOKENS), readConfig({})])
      await expect(revoke(id, config)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(
          `^${setting} gives this token, .* start the bridge again: the start revokes this token`,
        ) as string,
      });
    expect(await valid(setting)).toBe(id);
    await start(readConfig({}));
    expect(await valid(setting)).toBeUndefined();
  });

  it.each([
    ['tokens: { feed: { env: OURS } }\n    connections: [{ name: okta }]', 'workspaces[0].tokens.feed'],
    [
      'connections: [{ name: x }, { name: okta, tokens: { scim: { env: OURS } } }]',
      'workspaces[0].connections[1].tokens.scim',
    ],
  ])('refuses the token of a file, and names its place: %s', async (text, place) => {
    const { start, valid, revoke } = await open(engine);
    const environment: Environment = { ...fileOf(text), OURS: 'a-token-of-a-reader-1' };
    const config = readConfig(environment);
    await start(config);
    await expect(revoke(await valid('BRIDGE_CONFIG'), config)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(
        `${environment['BRIDGE_CONFIG'] ?? ''}:5 ${place} gives this token`,
      ) as string,
    });
    expect(await valid('BRIDGE_CONFIG')).toBeDefined();
  });

  it('makes every other token invalid, and a start leaves it so', async () => {
    const { start, valid, revoke, store } = await open(engine);
    const config = readConfig(TOKENS);
    await start(config);
    const { token } = await operatorsOf(store, clock, config).tokens.create('scim', {}, { label: 'by hand' });
    await revoke(token.id, config);
    await start(config);
    expect(await valid('by hand')).toBeUndefined();
    await expect(revoke(token.id, config)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is not needed for a token that has expired', async () => {
    const { start, store } = await open(engine);
    const config = readConfig(TOKENS);
    await start(config);
    let now = clock.now();
    const { tokens } = operatorsOf(store, { ...clock, now: () => now }, config);
    const { token, text } = await tokens.create('feed', {}, { label: 'by hand', expires: '90d' });
    const found = (at: number) => authenticate(store.access, text, 'feed', at);
    expect((await found(now + 90 * DAY_MS - 1))?.id).toBe(token.id);
    expect(await found(now + 90 * DAY_MS)).toBeUndefined();
    now += 90 * DAY_MS;
    expect((await tokens.list()).find(({ id }) => id === token.id)).toEqual(token);
    for (const expires of ['0d', '2020-01-01', '4000d', 'soon', '-1d'])
      await expect(tokens.create('feed', {}, { label: 'by hand', expires })).rejects.toMatchObject({
        code: 'invalid_value',
      });
  });

  it('revokes a token whose text the file sets for another connection: without this, no start works', async () => {
    const { start, valid, revoke, store } = await open(engine);
    const text = 'a-token-of-okta-0001';
    const connections = (tokens: string) => fileOf(`connections: [{ name: x }, { name: okta${tokens} }]`);
    await start(readConfig(connections('')));
    const place = { workspace: 'acme', connectionId: 'acme:x', kind: 'scim' } as const;
    const { token } = await createToken(store.access, clock, { ...place, label: 'by hand', text });
    const config = readConfig({ ...connections(', tokens: { scim: { env: OURS } }'), OURS: text });
    await expect(start(config)).rejects.toThrow(`revoke that token ("tokens revoke ${token.id}")`);
    await revoke(token.id, config);
    await start(config);
    expect(await valid('BRIDGE_CONFIG')).toBeDefined();
  });
});
