import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { engines, freshDatabase } from '../databases.ts';
import { bootBridge, bootSandbox, TOKENS } from './boot.ts';
import { control } from './mode-state.ts';
import { parseRecording, play } from './recording.ts';

const FOLDER = new URL('../idp', import.meta.url).pathname;
const files = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .sort();

describe.each(engines)('what an IdP sends ends in Mode as it says, on %s', (engine) => {
  // Each has a bridge and a Mode of its own, so they are played side by side.
  it.concurrent.each(files)('%s', { timeout: 120_000 }, async (file) => {
    const recording = parseRecording(file, readFileSync(join(FOLDER, file), 'utf8'));
    const sandbox = await bootSandbox();
    if (recording.seed !== undefined) await control(sandbox.url, 'PUT', 'state', recording.seed);
    const bridge = await bootBridge({
      BRIDGE_DATABASE_URL: await freshDatabase(engine),
      ...sandbox.settings,
    });
    try {
      await play(recording, {
        scim: bridge.told('SCIM Base URL'),
        feed: bridge.told('Feed URL'),
        sandbox: sandbox.url,
        scimToken: TOKENS.scim,
        feedToken: TOKENS.feed,
      });
    } finally {
      await bridge.stop();
      await sandbox.running.stop();
    }
  });
});
