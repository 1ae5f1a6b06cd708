/**
 * Every recording, in every world that can be told from another by an IdP, in virtual time: waiting for Mode costs
 * nothing. In the world that Mode's documents promise a person does what no call does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { freshDatabase } from '../databases.ts';
import { openVirtualStage } from '../stories/virtual-stage.ts';
import { parseRecording, play } from './recording.ts';

const files = readdirSync(import.meta.dirname, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .sort();

const WORLDS = [
  ['sqlite', 'kind'],
  ['postgres', 'kind'],
  ['sqlite', 'hostile'],
  ['sqlite', 'documented'],
] as const;

describe.each(WORLDS)('what an IdP sends ends in Mode as it says, on %s and a %s Mode', (engine, profile) => {
  it.each(files)('%s', async (file) => {
    const recording = parseRecording(file, readFileSync(join(import.meta.dirname, file), 'utf8'));
    const stage = await openVirtualStage(recording, { database: await freshDatabase(engine), profile });
    try {
      await play(recording, stage);
    } finally {
      await stage.close();
    }
  });
});
