/** The version check of a write (RFC 7644 section 3.14). A write for another version is rejected. */
import { BridgeError } from '../../errors.ts';

/** Whether the write is allowed for a resource with this version. */
export type Guard = (version: number) => boolean;

/** @throws BridgeError precondition_failed */
export function assertAllowed(guard: Guard | undefined, { version }: { readonly version: number }): void {
  if (guard === undefined || guard(version)) return;
  throw new BridgeError(
    'precondition_failed',
    `The resource has changed: its version is W/"${version}" now. Read it again, and send the change for that version.`,
  );
}
