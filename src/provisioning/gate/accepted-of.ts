/** Finds the accepted operations that were counted as removals. Pure. */
import type { Subject } from '../../directory/subject.ts';
import type { Observation } from '../model/observation.ts';
import type { Operation } from '../model/operation.ts';
import { removalOf } from './removal.ts';

export function acceptedOf(
  subject: Subject,
  operations: readonly Operation[],
): NonNullable<Observation['accepted']> {
  return { subject, keys: operations.flatMap((operation) => removalOf(operation)?.key ?? []) };
}
