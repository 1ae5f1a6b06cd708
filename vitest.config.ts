import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { COMPILE_CACHE } from './test/compile-cache.ts';
import { LongestFirst } from './test/longest-first.ts';

// For the threads that tests start: each would compile its TypeScript again, which takes twice as long as the rest of its start.
process.env['NODE_COMPILE_CACHE'] ??= COMPILE_CACHE;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/postgres.setup.ts'],
    setupFiles: ['test/compiled-schemas.setup.ts'],
    // The bridge keeps no state in its modules, and the tests restore what they change of the process: importing everything
    // again for each file would take a fifth of the time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // As the program itself is started, and more: what a test makes lives a little longer than a request, and with V8's own limit a
    // tenth of the time goes into copying it.
    execArgv: ['--max-semi-space-size=32'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The limit is for a machine that is busy with other tests, as those above are.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    // Tests wait for Mode and for the disk far more than they work.
    maxConcurrency: 12,
    maxWorkers: availableParallelism() + 2,
  },
});
