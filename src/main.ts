#!/usr/bin/env -S node --disable-proto=delete
/** Arguments to command to exit code: 0 for done, 1 for a fault of the bridge, 2 for what the caller can mend. */
import { createProgram } from './cli/program.ts';
import { reportFailure } from './cli/report-failure.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
