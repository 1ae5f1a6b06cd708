/**
 * Every recording, on both databases. The bridge and the simulated Mode run within the test's process, for there are
 * many of them; they are spoken to over HTTP only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { startApp, startSimulatedMode } from '../../src/app.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { TOKENS } from './boot.ts';
import { control } from './mode-state.ts';
import { parseRecording, play, type Stage } from './recording.ts';

const FOLDER = new URL('../idp', import.meta.url).pathname;
const files = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .sort();

describe.each(engines)('what an IdP sends ends in Mode as it says, on %s', (engine) => {
  it.concurrent.each(files)('%s', { timeout: 120_000 }, async (file) => {
    const recording = parseRecording(file, readFileSync(join(FOLDER, file), 'utf8'));
    const { stage, close } = await openStage(engine, recording.seed);
    try {
      await play(recording, stage);
    } finally {
      await close();
    }
  });
});

/** A bridge and a Mode of its own for one recording. */
async function openStage(
  engine: EngineName,
  seed: unknown,
): Promise<{ stage: Stage; close: () => Promise<void> }> {
  const config = readConfig({
    BRIDGE_DATABASE_URL: await freshDatabase(engine),
    BRIDGE_HOST: '127.0.0.1',
    BRIDGE_PORT: '0',
    BRIDGE_ADMIN_PORT: '0',
    SANDBOX_PORT: '0',
    BRIDGE_SCIM_TOKEN: TOKENS.scim,
    BRIDGE_FEED_TOKEN: TOKENS.feed,
    BRIDGE_ADMIN_TOKEN: TOKENS.admin,
  });
  const shared = { clock: systemClock, log: createLogger('silent') };
  const { sandbox, mode } = await startSimulatedMode(config, shared.clock, shared.log);
  if (seed !== undefined) await control(sandbox.url, 'PUT', 'state', seed);
  const app = await startApp({ ...shared, config, mode, forgetful: true, random: Math.random });
  return {
    stage: {
      scim: `${app.publicUrl}/scim/v2`,
      feed: `${app.publicUrl}/feed/v1`,
      sandbox: sandbox.url,
      scimToken: TOKENS.scim,
      feedToken: TOKENS.feed,
    },
    close: async () => {
      await app.close();
      await sandbox.close();
    },
  };
}
