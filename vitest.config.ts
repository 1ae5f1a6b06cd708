import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/postgres.setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests wait for Mode and for the disk far more than they work.
    maxConcurrency: 12,
    maxWorkers: availableParallelism() + 2,
  },
});
