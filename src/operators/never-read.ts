/** The error for a use case that needs a read of the target, before the first read. */
import { BridgeError } from '../errors.ts';

/** @param label the name of the target */
export function neverRead(label: string): BridgeError {
  return new BridgeError(
    'unavailable',
    `${label} was never read. Run the bridge, or "sync --once", and try again.`,
  );
}
