/** A run that fails has to say so, or no gate is one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const POSTGRES = new URL('embedded-postgres.ts', import.meta.url).href;
const SCRIPT = `
  const { startPostgres } = await import('${POSTGRES}');
  const postgres = await startPostgres();
  process.exitCode = 3;
  await postgres.stop();
`;

it('a program that used a PostgreSQL of its own ends with the code that it has set', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT], { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(3);
}, 120_000);
