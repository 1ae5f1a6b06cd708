/** When a list that the target gave is not believed to be the whole one: pure. */
import { TargetError } from '../ports/target.ts';

/** A read that misses more rows than this, and more than half of them, is not believed. */
const SHORT_READ_ROWS = 5;

/** A list that is empty, or lost most of what was in it at once. */
export class ShortReadError extends TargetError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

/** @param known rows before @param lost those of them that the read does not show */
export function isShort(known: number, lost: number): boolean {
  return lost > SHORT_READ_ROWS && lost > known / 2;
}
