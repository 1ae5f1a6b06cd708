import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/postgres.setup.ts'],
    setupFiles: ['test/compiled-schemas.setup.ts'],
    // The bridge keeps no state in its modules, and the tests restore what they change of the process: importing everything
    // again for each file would take a fifth of the time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The limit is for a machine that is busy with other tests, as those above are.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    // Tests wait for Mode and for the disk far more than they work.
    maxConcurrency: 12,
    maxWorkers: availableParallelism() + 2,
  },
});
