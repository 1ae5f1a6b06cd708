/** A write may say which version it is about; one that meets another version is refused (RFC 7644 section 3.14). */
import { BridgeError } from '../../errors.ts';

/** Whether a write may go ahead at a resource of that version. */
export type Guard = (version: number) => boolean;

/** @throws BridgeError precondition_failed */
export function assertAllowed(guard: Guard | undefined, { version }: { readonly version: number }): void {
  if (guard === undefined || guard(version)) return;
  throw new BridgeError(
    'precondition_failed',
    `The resource has changed: its version is W/"${version}" now. Read it again, and send the change for that version.`,
  );
}
