/** Updates the connections of the database to the configuration, at a start. */
import type { Clock } from '../../clock.ts';
import { CONFIGURATION } from '../decision.ts';
import type { ConnectionStore } from './connection-store.ts';
import type { Connection } from './connection.ts';
import type { IdpProfileStore, Pins } from './idp-profile.ts';
import { DEFAULT_CONNECTION, type WantedConnection, type WantedWorkspace } from './wanted-access.ts';

interface Stores {
  readonly access: Pick<ConnectionStore, 'connections' | 'addConnection' | 'saveState'>;
  readonly idp: Pick<IdpProfileStore, 'profile' | 'pin'>;
}

/**
 * Creates missing connections, and applies the configuration to each. A stored connection keeps its id. @param rulesAll
 * whether the configuration lists all connections; every other one is then paused @returns the connections that it does
 * not list, as they were before
 */
export async function alignConnections(
  { access, idp }: Stores,
  clock: Clock,
  wanted: readonly WantedWorkspace[],
  rulesAll: boolean,
): Promise<readonly Connection[]> {
  const stored = await access.connections();
  const ids = new Set(stored.map(({ id }) => id));
  for (const { slug: workspace, connections } of wanted) {
    for (const connection of connections) {
      const { name, state, profile } = connection;
      const existing = stored.find((other) => other.workspace === workspace && other.name === name);
      const id = existing?.id ?? newConnectionId(workspace, name, ids);
      ids.add(id);
      if (existing === undefined)
        await access.addConnection(
          { id, workspace, name, state: state ?? 'live', createdAt: clock.now() },
          CONFIGURATION,
        );
      else if (state !== undefined && state !== existing.state)
        await access.saveState(id, state, { by: CONFIGURATION, at: clock.now() });
      if (profile !== undefined) await pin(idp, id, profile, clock.now());
    }
  }
  if (!rulesAll) return [];
  const unlisted = stored.filter((connection) => !lists(wanted, connection));
  for (const { id, state } of unlisted)
    if (state !== 'paused') await access.saveState(id, 'paused', { by: CONFIGURATION, at: clock.now() });
  return unlisted;
}

/** A readable id. The connection that the environment describes has a short one, unless another workspace has that. */
export function newConnectionId(workspace: string, name: string, taken: ReadonlySet<string>): string {
  return name === DEFAULT_CONNECTION && !taken.has(name) ? name : `${workspace}:${name}`;
}

function lists(wanted: readonly WantedWorkspace[], { workspace, name }: Connection): boolean {
  const connections: readonly WantedConnection[] =
    wanted.find(({ slug }) => slug === workspace)?.connections ?? [];
  return connections.some((connection) => connection.name === name);
}

async function pin(idp: Stores['idp'], id: string, pins: Pins, at: number): Promise<void> {
  const known = await idp.profile(id);
  const same = known?.pinned === pins.pinned && known.shapes.join() === pins.shapes.join();
  if (!same) await idp.pin(id, pins, at);
}
