import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { runFolder } from './run-folder.ts';

it('a run removes the folders of runs that were killed, and of none that lives', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'bridge-test-'));
  const own = await runFolder(parent, 'data');
  const other = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
  await once(other, 'spawn');
  const folderOf = (processId: number | undefined) =>
    join(parent, basename(own).replace(`-${process.pid}-`, `-${String(processId)}-`));
  const [others, elsewhere] = [
    folderOf(other.pid),
    join(parent, `data-another.host-${String(other.pid)}-abcdef`),
  ];
  for (const folder of [others, elsewhere]) mkdirSync(folder);
  writeFileSync(join(others, 'file'), '');

  await runFolder(parent, 'data');
  expect([own, others, elsewhere].map((folder) => existsSync(folder))).toEqual([true, true, true]);

  other.kill('SIGKILL');
  await once(other, 'exit');
  await runFolder(parent, 'data');
  expect([own, others, elsewhere].map((folder) => existsSync(folder))).toEqual([true, false, true]);
});
