/** Reads that a key may not be allowed, where something is to be done without them. */
import { TargetError } from '../../../provisioning/ports/target.ts';

/** @returns undefined for what Mode keeps from this key, or does not have @throws TargetError for every other failure */
export async function unlessRefused<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TargetError && ['forbidden', 'not_found', 'refused'].includes(error.kind))
      return undefined;
    throw error;
  }
}
