/** Connections, as operators see and set them up. */
import type { Clock } from '../clock.ts';
import type { ConnectionStore } from '../directory/access/connection-store.ts';
import type { IdpProfileStore, Pins } from '../directory/access/idp-profile.ts';
import { readPins } from '../directory/access/read-pins.ts';
import { BridgeError } from '../errors.ts';

export interface Connections {
  /** The slugs of the workspaces that have a connection. */
  workspaces(): Promise<readonly string[]>;
  /** @throws BridgeError not_found, with the ids of the connections that exist */
  assertExists(id: string): Promise<void>;
  /**
   * Pins the IdP of a connection, and the shapes of answers that its client needs.
   * @param names one IdP, shapes of answers, or both; `auto` pins nothing
   * @throws BridgeError invalid_value, not_found
   */
  pinProfile(connectionId: string, names: readonly string[]): Promise<Pins>;
}

export function createConnections(
  store: Pick<ConnectionStore, 'connection' | 'connections'>,
  idp: Pick<IdpProfileStore, 'pin'>,
  clock: Clock,
): Connections {
  async function assertExists(id: string): Promise<void> {
    if ((await store.connection(id)) !== undefined) return;
    const ids = (await store.connections()).map((connection) => connection.id).join(', ');
    const known = ids === '' ? 'There is none yet: run "serve" first.' : `There are: ${ids}.`;
    throw new BridgeError('not_found', `There is no connection "${id}". ${known}`);
  }

  return {
    workspaces: async () => [...new Set((await store.connections()).map(({ workspace }) => workspace))],
    assertExists,
    pinProfile: async (connectionId, names) => {
      const pins = readPins(names);
      await assertExists(connectionId);
      await idp.pin(connectionId, pins, clock.now());
      return pins;
    },
  };
}
