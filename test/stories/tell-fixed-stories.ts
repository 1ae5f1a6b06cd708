/**
 * Random stories of an IdP, of people in Mode, of failures and of time: in each of them Mode ends as the IdP said. The
 * same stories each time: `npm run test:stories` tells others, for as long as it is given.
 */
import { describe, it } from 'vitest';
import { freshDatabase, type EngineName } from '../databases.ts';
import { assertStories } from './assert-stories.ts';
import { WORLDS } from './worlds.ts';

const SEED = 20_261_127;

/** Each engine is a test file of its own, so that they run beside each other. */
export function tellFixedStories(engine: EngineName): void {
  describe(`Mode ends as the IdP said, in the stories of seed ${SEED}`, () => {
    const worlds = WORLDS.filter((world) => world.engine === engine);
    it.each(worlds)('in the world "$name"', { timeout: 600_000 }, async (world) => {
      await assertStories(world, {
        database: () => freshDatabase(engine),
        seed: SEED,
        stories: 1,
      });
    });
  });
}
