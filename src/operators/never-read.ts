/** The error for whatever needs a read of the target before there was one. */
import { BridgeError } from '../errors.ts';

/** @param label the name of the target */
export function neverRead(label: string): BridgeError {
  return new BridgeError(
    'unavailable',
    `${label} was never read. Run the bridge, or "sync --once", and try again.`,
  );
}
