/** Plays a recording in a test: everything must turn out as recorded. test/idp/README.md describes recordings to people. */
import { expect } from 'vitest';
import { play as playRecording, type Stage } from '../../src/recording/play.ts';
import type { Recording } from '../../src/recording/recording.ts';

export { parseRecording, type Happening, type Recording } from '../../src/recording/recording.ts';
export type { ModeState, Stage } from '../../src/recording/play.ts';

export async function play(recording: Recording, stage: Stage): Promise<void> {
  expect(await playRecording(recording, stage)).toEqual([]);
}
