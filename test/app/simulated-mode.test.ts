import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulatedMode } from '../../src/app/simulated-mode.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observability/logger.ts';

async function start(environment: Record<string, string>, settings: object = {}) {
  const config = readConfig({ SANDBOX_PORT: '0', ...environment });
  const simulated = await startSimulatedMode(config, systemClock, createLogger('silent'), { settings });
  onTestFinished(() => simulated.sandbox.close());
  return simulated;
}

it("with Mode's own SCIM switched on, each simulated workspace takes the URL and the token that are returned", async () => {
  expect((await start({})).mode).not.toHaveProperty('ownScim');
  const { modes } = await start({ SANDBOX_WORKSPACES: 'acme,globex' }, { scim_enabled: true });
  expect(modes).toHaveLength(2);
  for (const { ownScim } of modes) {
    const ask = (token: string | undefined) =>
      fetch(`${String(ownScim?.url)}/Users`, { headers: { authorization: `Bearer ${String(token)}` } });
    expect((await ask(ownScim?.token)).status).toBe(200);
    expect((await ask('another-token')).status).toBe(401);
  }
});

describe('the simulated workspaces', () => {
  const REAL = { MODE_WORKSPACE: 'initech', MODE_API_KEY: 'key', MODE_API_SECRET: 'secret' };

  it.each([
    [{}, ['acme']],
    [REAL, ['initech']],
    [{ SANDBOX_WORKSPACES: 'globex' }, ['globex']],
    [{ ...REAL, SANDBOX_WORKSPACES: 'acme, Globex_2' }, ['acme', 'Globex_2']],
  ])('%j: %j', async (environment: Record<string, string>, slugs) => {
    const { mode, modes } = await start(environment);
    expect(modes.map(({ workspace }) => workspace)).toEqual(slugs);
    expect(modes[0]).toBe(mode);
  });

  it('have the keys of the settings for the first, and keys of their own for the others', async () => {
    const { modes } = await start({ ...REAL, SANDBOX_WORKSPACES: 'acme,globex' });
    expect(modes.map(({ key, inviter }) => [key.token, key.secret, inviter?.token])).toEqual([
      ['key', 'secret', 'inviter'],
      ['sandbox-globex', 'sandbox-globex', 'inviter-globex'],
    ]);
    for (const { baseUrl, workspace, key, inviter } of modes) {
      for (const each of [key, inviter ?? key]) {
        const authorization = `Basic ${btoa(`${each.token}:${each.secret}`)}`;
        const response = await fetch(`${baseUrl}/api/verify`, { headers: { authorization } });
        expect(await response.json()).toMatchObject({ workspace });
      }
    }
  });

  it.each([
    ['acme,ACME', 'each workspace once'],
    ['acme,', "the workspace's name as in its URL"],
    ['acme;globex', "the workspace's name as in its URL"],
  ])('%s is refused', (value, message) => {
    expect(() => readConfig({ SANDBOX_WORKSPACES: value })).toThrow(message);
  });
});
