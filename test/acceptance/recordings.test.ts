/**
 * Every recording, on both databases, and against a hostile Mode. The bridge and the simulated Mode run within the test's process, for there are
 * many of them; they are spoken to over HTTP only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { parseRecording, play } from './recording.ts';
import { openStage } from './stage.ts';

const FOLDER = new URL('../idp', import.meta.url).pathname;
const files = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .sort();

const WORLDS = [
  ['sqlite', 'kind'],
  ['postgres', 'kind'],
  ['sqlite', 'hostile'],
] as const;

describe.each(WORLDS)('what an IdP sends ends in Mode as it says, on %s and a %s Mode', (engine, profile) => {
  it.concurrent.each(files)('%s', { timeout: 120_000 }, async (file) => {
    const recording = parseRecording(file, readFileSync(join(FOLDER, file), 'utf8'));
    const stage = await openStage(engine, { seed: recording.seed, profile });
    try {
      await play(recording, stage);
    } finally {
      await stage.close();
    }
  });
});
