/** Decides when a list from the target is too short to be accepted as complete. Pure. */
import { TargetError } from '../ports/target.ts';

/** A read that lacks more rows than this, and more than half of all rows, is not accepted. */
const SHORT_READ_ROWS = 5;

/** The list is empty, or lost most of its rows at once. */
export class ShortReadError extends TargetError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

/** @param known rows before @param lost those of them that the read does not show */
export function isShort(known: number, lost: number): boolean {
  return lost > SHORT_READ_ROWS && lost > known / 2;
}
