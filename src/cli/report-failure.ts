/** Errors as the command line tells them: the message for people, and an exit code. */
import { BridgeError, type ErrorCode } from '../errors.ts';

const FAULT = 1;
const MENDABLE = 2;
const FAULTS: ReadonlySet<ErrorCode> = new Set(['internal', 'unavailable']);

/** @returns the exit code */
export function reportFailure(error: unknown): number {
  if (error instanceof BridgeError) {
    console.error(error.message);
    if (error.cause instanceof Error) console.error(`  because: ${error.cause.message}`);
    return FAULTS.has(error.code) ? FAULT : MENDABLE;
  }
  console.error(error);
  return FAULT;
}
