/** Runs a command within the test's own process: a process for each would cost seconds. Not for tests that run at once. */
import { vi } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';

/** @param environment all that the command sees of it */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const told = { stdout: '', stderr: '' };
  const line = (to: 'stdout' | 'stderr') => (text: unknown) => {
    told[to] += `${String(text)}\n`;
  };
  const piece = (to: 'stdout' | 'stderr') => (text: unknown) => {
    told[to] += String(text);
    return true;
  };
  const before = process.env;
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(line('stdout')),
    vi.spyOn(console, 'error').mockImplementation(line('stderr')),
    vi.spyOn(process.stdout, 'write').mockImplementation(piece('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(piece('stderr')),
  ];
  process.env = { ...environment };
  try {
    const code = await runProgram(['node', 'mode-scim-bridge', ...args]);
    return { code, ...told };
  } finally {
    process.env = before;
    for (const spy of spies) spy.mockRestore();
  }
}
