/** Runs a command as a person does: as a process on a terminal of its own, with what they type. */
import { spawn } from '@lydell/node-pty';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const SIZE = { cols: 200, rows: 50 };
const DEADLINE_MS = 60_000;
/** The cursor goes to the beginning of the line, which is emptied. */
export const DRAWN_AGAIN = '\r\u001B[2K';

export interface Typed {
  /** Waits until the terminal shows this. */
  readonly after: RegExp;
  readonly type: string;
}

/** @returns all that the terminal was sent, with its control characters, and the exit code */
export async function runInTerminal(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  typed: readonly Typed[] = [],
): Promise<{ readonly code: number; readonly text: string }> {
  const env = { ...environment, PATH: process.env['PATH'] ?? '', TERM: 'xterm' };
  const terminal = spawn(process.execPath, ['--disable-proto=delete', PROGRAM, ...args], { ...SIZE, env });
  const left = [...typed];
  let text = '';
  let seen = 0;
  const limit = setTimeout(() => {
    terminal.kill('SIGKILL');
  }, DEADLINE_MS);
  terminal.onData((piece) => {
    text += piece;
    const [next] = left;
    if (next?.after.test(text.slice(seen)) !== true) return;
    seen = text.length;
    left.shift();
    terminal.write(next.type);
  });
  const code = await new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      resolve(signal === undefined || signal === 0 ? exitCode : 128 + signal);
    });
  });
  clearTimeout(limit);
  return { code, text };
}

/** What is left to read on the terminal: lines that were drawn over are gone. */
export function readable(text: string): string {
  const lines = text.split('\n').map((line) => line.split(DRAWN_AGAIN).at(-1) ?? '');
  return stripVTControlCharacters(lines.join('\n')).replaceAll('\r', '');
}
