/**
 * Where no call of Mode makes an admin, what an IdP wants is reached all the same, with a person who does the tasks:
 * every recording, in the world that Mode's documents promise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { TOKENS } from './boot.ts';
import { personAtMode } from './person-at-mode.ts';
import { parseRecording, play } from './recording.ts';
import { openStage } from './stage.ts';

const FOLDER = new URL('../idp', import.meta.url).pathname;
const recordings = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .map((file) => parseRecording(file, readFileSync(join(FOLDER, file), 'utf8')))
  .map((recording) => [`${recording.client}: ${recording.name}`, recording] as const);

describe('with what the documents of Mode promise, and a person who does the tasks', () => {
  it.concurrent.each(recordings)('%s', { timeout: 120_000 }, async (_name, recording) => {
    const stage = await openStage('sqlite', { seed: recording.seed, profile: 'documented' });
    const goHome = personAtMode(stage.admin, TOKENS.admin, stage.sandbox);
    try {
      await play(recording, stage);
    } finally {
      await goHome();
      await stage.close();
    }
  });
});
