/**
 * Every recording in one world, in virtual time: waiting for Mode costs nothing. Each world is a test file of its own, so
 * that they run beside each other.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import type { ProfileName } from '../../src/sandbox/mode/behaviour/profiles.ts';
import { freshDatabase, type EngineName } from '../databases.ts';
import { openVirtualStage } from '../stories/virtual-stage.ts';
import { parseRecording, play } from './recording.ts';

const files = readdirSync(import.meta.dirname, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .sort();

/** @param every only every nth recording, where each takes long */
export function playAll(engine: EngineName, profile: ProfileName, every = 1): void {
  describe(`Mode ends as the recording says, on ${engine} and a ${profile} Mode`, () => {
    it.each(files.filter((_file, index) => index % every === 0))('%s', async (file) => {
      const recording = parseRecording(file, readFileSync(join(import.meta.dirname, file), 'utf8'));
      const stage = await openVirtualStage(recording, { database: await freshDatabase(engine), profile });
      try {
        await play(recording, stage);
      } finally {
        await stage.close();
      }
    });
  });
}
