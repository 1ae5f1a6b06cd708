/** The exit codes of every command, as in docs/commands.md. */
import type { ErrorCode } from '../errors.ts';

export const EXIT = {
  done: 0,
  /** The bridge, the machine, the network or the database fails: the same command may work later. */
  failed: 1,
  /** The caller can correct it: an argument, a setting, a path, a port, a token. */
  correctable: 2,
} as const;

const FAILURES: ReadonlySet<ErrorCode> = new Set(['internal', 'unavailable']);

export function exitCodeOf(code: ErrorCode): number {
  return FAILURES.has(code) ? EXIT.failed : EXIT.correctable;
}
