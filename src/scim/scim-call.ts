/** The context of one request, passed to every operation. */
import type { Connection, Writer } from '../directory/access/connection.ts';
import type { Guard } from '../directory/access/guard.ts';
import { BridgeError } from '../errors.ts';
import type { Projection } from './codec/projection.ts';
import type { RequestNotes } from './requests/request-notes.ts';

export interface ScimCall {
  readonly workspace: string;
  /**
   * The connection of the IdP that asks. Undefined for a feed token: it belongs to the whole workspace, cannot write, and
   * its responses show the entitlements that users hold.
   */
  readonly connection: Connection | undefined;
  /** The id of the request; undefined for work that no request asked for. */
  readonly requestId?: string;
  /** Notes for the request log. */
  readonly notes?: RequestNotes | undefined;
  /** The base URL of the service as the client sees it. */
  readonly base: string;
  readonly projection: Projection;
  /** The versions that If-Match allows; undefined: any. */
  readonly guard: Guard | undefined;
  /** The versions that If-None-Match names; undefined: none. */
  readonly known: Guard | undefined;
  /** What was removed from a request that deactivates a user, because it cannot be applied. */
  readonly leftOut?: readonly string[];
}

/** The connection and the request that a write comes from. @throws BridgeError forbidden for a token that cannot write */
export function writerOf({ connection, requestId }: ScimCall): Writer {
  if (connection !== undefined) return { ...connection, requestId };
  throw new BridgeError('forbidden', 'This token can only read.');
}
