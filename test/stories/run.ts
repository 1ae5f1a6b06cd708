/**
 * Tells other stories each time, in every world in turn, for as long as it is given:
 * npm run test:stories -- --minutes 20 [--seed N] [--world NAME] [--stories N]. Ends with 1 when one fails.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../embedded-postgres.ts';
import { memoryFolder } from '../memory-folder.ts';
import { assertStories } from './assert-stories.ts';
import { WORLDS, type StoryWorld } from './worlds.ts';

const MAX_SEED = 2 ** 31 - 1;
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    world: { type: 'string', default: '' },
    /** How many of each seed. */
    stories: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});
const worlds = WORLDS.filter(({ name }) => name.includes(values.world));
const until = Date.now() + Number(values.minutes) * 60_000;
let seed = values.seed === undefined ? randomInt(MAX_SEED) : Number(values.seed);
const counts = new Map(worlds.map(({ name }) => [name, { stories: 0, steps: 0, failed: 0 }]));

const folder = mkdtempSync(join(memoryFolder(), 'bridge-stories-'));
const postgres = worlds.some(({ engine }) => engine === 'postgres')
  ? await startPostgres({ durable: false })
  : undefined;
console.log(`Stories from seed ${seed} on, for ${values.minutes} minutes.`);
try {
  while (Date.now() < until) {
    for (const world of worlds) await tellSome(world);
    seed += 1;
  }
} finally {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}
for (const [name, count] of counts)
  console.log(`${name}: ${count.stories} stories, ${count.steps} steps, ${count.failed} failed`);

async function tellSome(world: StoryWorld): Promise<void> {
  if (Date.now() >= until) return;
  const count = counts.get(world.name);
  try {
    await assertStories(world, {
      database: () => (world.engine === 'sqlite' ? sqliteFile() : postgresDatabase()),
      seed,
      stories: Number(values.stories),
      told: (steps, failure, ms) => {
        if (values.verbose) console.log(world.name, seed, steps.length, `${ms} ms`, failure?.message ?? 'ok');
        if (count === undefined || failure !== undefined) return;
        count.stories += 1;
        count.steps += steps.length;
      },
    });
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    process.exitCode = 1;
    if (count !== undefined) count.failed += 1;
  }
}

function sqliteFile(): Promise<string> {
  return Promise.resolve(`sqlite:${join(mkdtempSync(join(folder, 'story-')), 'bridge.db')}`);
}

async function postgresDatabase(): Promise<string> {
  const server = postgres?.url ?? '';
  const name = `story_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return `${server}/${name}`;
}
