/** A start that cannot succeed ends the program, with one line that says why; a killed one leaves nothing in the way. */
import { expect, it } from 'vitest';
import { freshDatabase } from '../databases.ts';
import { bootBridge, run } from './boot.ts';

it('a second bridge on an SQLite file, or on a port, ends at once; after a kill the next one starts', async () => {
  const settings = { BRIDGE_DATABASE_URL: await freshDatabase('sqlite'), LOG_LEVEL: 'error' };
  const first = await bootBridge(settings);
  const free = { BRIDGE_HOST: '127.0.0.1', BRIDGE_PORT: '0', BRIDGE_ADMIN_PORT: '0', SANDBOX_PORT: '0' };

  const second = await run(['serve'], { ...settings, ...free });
  expect(second.code).not.toBe(0);
  expect(second.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining('Another bridge works')]);

  const { port } = new URL(first.told('Admin URL'));
  const other = { BRIDGE_DATABASE_URL: await freshDatabase('sqlite'), BRIDGE_ADMIN_PORT: port };
  const third = await run(['serve'], { ...settings, ...free, ...other });
  expect(third.code).toBe(2);
  expect(third.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining('BRIDGE_ADMIN_PORT')]);

  await first.kill();
  const next = await bootBridge(settings);
  expect(await next.stop()).toBe(0);
});
