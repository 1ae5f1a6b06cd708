/** Reports an error on the command line: one line for a person, without a stack unless the bridge itself is at fault. */
import { CommanderError } from 'commander';
import { BridgeError } from '../errors.ts';
import { scrub } from '../observability/scrub.ts';
import { systemProblem } from '../system-error.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';

/** @returns the exit code */
export function reportFailure(error: unknown): number {
  // Commander has written its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.correctable;
  if (error instanceof BridgeError) {
    console.error(scrub(error.message));
    const cause = causeOf(error);
    if (cause !== undefined) console.error(`  because: ${scrub(cause)}`);
    return exitCodeOf(error.code);
  }
  const problem = systemProblem(error);
  if (problem !== undefined) {
    console.error(scrub(problem.message));
    return problem.correctable ? EXIT.correctable : EXIT.failed;
  }
  if (isOfDatabase(error)) {
    console.error(`The database failed: ${scrub(error.message)}`);
    return EXIT.failed;
  }
  // The stack only: an error may carry a URL with its password, or the text that was sent.
  const shown =
    error instanceof Error ? (error.stack ?? error.message) : 'something that is not an error was thrown';
  console.error(`The bridge has a fault; please report it: ${scrub(shown)}`);
  return EXIT.failed;
}

/** @returns undefined when the message already says it */
function causeOf({ cause, message }: BridgeError): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const reason = systemProblem(cause)?.message ?? cause.message;
  const isSaid = [reason, cause.message].some((text) => text !== '' && message.includes(text));
  return reason === '' || isSaid ? undefined : reason;
}

/** Recognises errors of both drivers: SQLite errors have a code of their own, PostgreSQL errors a severity. */
function isOfDatabase(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (error as { code?: unknown }).code === 'ERR_SQLITE_ERROR' || 'severity' in error;
}
