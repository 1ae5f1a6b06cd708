/** Tells random stories in a world until they are enough, or one ends otherwise than the IdP said: then the shortest such. */
import fc from 'fast-check';
import { steps, type Step } from './step.ts';
import { MODE_AT_FIRST, tellStory } from './story.ts';
import { createTranscript, type Transcript } from './transcript.ts';
import { openWorld } from './world.ts';
import type { StoryWorld } from './worlds.ts';

/** For making a failing story shorter. Milliseconds of real time. */
const SHRINK_MS = 120_000;

/** In a company of ten, a few leavers in an hour are half of it. */
const NO_BREAKER = { BRIDGE_BREAKER_COUNT: '1000' };

export interface Telling {
  /** @returns the URL of an empty database */
  readonly database: () => Promise<string>;
  readonly seed: number;
  readonly stories: number;
  /** Told of each story. */
  readonly told?: (steps: readonly Step[], failure: Error | undefined, ms: number) => void;
}

/** @throws Error with the steps of the shortest story that fails, and with its recording */
export async function assertStories(world: StoryWorld, telling: Telling): Promise<void> {
  const { database, seed, stories, told } = telling;
  let failing: { story: readonly Step[]; error: Error; transcript: Transcript } | undefined;
  let shrinkingSince: number | undefined;
  const property = fc.asyncProperty(steps(new Set(world.without)), async (story) => {
    // Enough of making it shorter: what is left counts as told well.
    if (shrinkingSince !== undefined && Date.now() - shrinkingSince > SHRINK_MS) return;
    const startedAt = Date.now();
    const transcript = createTranscript(MODE_AT_FIRST);
    const error = await tell(world, seed, await database(), story, transcript);
    told?.(story, error, Date.now() - startedAt);
    if (error === undefined) return;
    failing = { story, error, transcript };
    shrinkingSince ??= Date.now();
    throw error;
  });
  const result = await fc.check(property, { seed, numRuns: stories });
  if (!result.failed) return;
  if (failing === undefined)
    throw new Error(`The stories could not be told: ${String(result.errorInstance)}`);
  const { story, error, transcript } = failing;
  const shown = story.map((step) => JSON.stringify(step)).join('\n  ');
  throw new Error(
    `In the world "${world.name}", seed ${seed}: ${error.message}\n  ${shown}\n${JSON.stringify(transcript.recording(error.message.split('\n', 1)[0] ?? ''))}`,
    { cause: error },
  );
}

async function tell(
  { sandbox: settings, bridges = 1, settings: ofBridges, restoreWindowSeconds = 0 }: StoryWorld,
  seed: number,
  database: string,
  story: readonly Step[],
  transcript: Transcript,
): Promise<Error | undefined> {
  const sandbox = typeof settings === 'function' ? settings(seed) : settings;
  const world = await openWorld({
    ...{ database, sandbox, bridges, mode: MODE_AT_FIRST },
    settings: {
      ...NO_BREAKER,
      ...ofBridges,
      BRIDGE_RESTORE_WINDOW_SECONDS: String(restoreWindowSeconds),
    },
  });
  try {
    await tellStory(world, story, transcript, restoreWindowSeconds * 1_000);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await world.close();
  }
}
