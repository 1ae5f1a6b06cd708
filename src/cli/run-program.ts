/** Runs one command from its arguments to its exit code. */
import { createProgram } from './program.ts';
import { EXIT } from './exit-codes.ts';
import { reportFailure } from './report-failure.ts';

/** @param argv as Node gives them: the program and the script come first */
export async function runProgram(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...argv]);
    return EXIT.done;
  } catch (error) {
    return reportFailure(error);
  }
}
