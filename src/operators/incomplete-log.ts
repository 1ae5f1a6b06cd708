/** The error for a use case that needs the whole change log. */
import { BridgeError } from '../errors.ts';

export function incompleteLog(): BridgeError {
  return new BridgeError(
    'unavailable',
    'The beginning of the change log is missing: it has changes of users or groups without their creation.',
  );
}
