/**
 * One PostgreSQL for the whole test run: started before the first test, gone after the last. Tests get its address by
 * `inject('postgresUrl')` and make databases of their own in it.
 */
import type { TestProject } from 'vitest/node';
import { startPostgres } from './embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Without a database name. */
    postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  project.provide('postgresUrl', postgres.url);
  return () => postgres.stop();
}
