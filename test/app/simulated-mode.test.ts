import { expect, it, onTestFinished } from 'vitest';
import { startSimulatedMode } from '../../src/app/simulated-mode.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observability/logger.ts';

it("with Mode's own SCIM switched on, the simulated Mode takes the URL and the token that it returns", async () => {
  const start = async (settings: object) => {
    const config = readConfig({ SANDBOX_PORT: '0' });
    const simulated = await startSimulatedMode(config, systemClock, createLogger('silent'), { settings });
    onTestFinished(() => simulated.sandbox.close());
    return simulated.mode;
  };
  expect(await start({})).not.toHaveProperty('ownScim');
  const { ownScim } = await start({ scim_enabled: true });
  const ask = (token: string | undefined) =>
    fetch(`${String(ownScim?.url)}/Users`, { headers: { authorization: `Bearer ${String(token)}` } });
  expect((await ask(ownScim?.token)).status).toBe(200);
  expect((await ask('another-token')).status).toBe(401);
});
