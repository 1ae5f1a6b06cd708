/** For optional reads, which the key may not be allowed to do. */
import { TargetError } from '../../../provisioning/ports/target.ts';

/** @returns undefined when Mode refuses the read or returns 404 @throws TargetError for any other failure */
export async function unlessRefused<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TargetError && ['forbidden', 'not_found', 'refused'].includes(error.kind))
      return undefined;
    throw error;
  }
}
