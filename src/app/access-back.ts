/** The restore window of each connection, as the configuration sets it. */
import type { PolicyConfig } from '../config/config.ts';
import type { Connection } from '../directory/access/connection.ts';
import type { AccessBack } from '../directory/withdrawal/withdrawal.ts';
import { statedRoles } from '../scim/codec/stated-roles.ts';
import type { Store } from '../store/open-store.ts';

const SECOND_MS = 1_000;
const AT_ONCE = 500;

interface Windows {
  readonly policy: Pick<PolicyConfig, 'restoreWindowSeconds'>;
}

interface WorkspaceWindows extends Windows {
  readonly slug: string;
  readonly connections: readonly (Windows & { readonly name: string })[];
}

/** A connection that the configuration does not describe has the window of its workspace. */
export function accessBackOf(workspaces: readonly WorkspaceWindows[]): AccessBack {
  const windowMsOf = ({ workspace, name }: Pick<Connection, 'workspace' | 'name'>): number => {
    const config = workspaces.find(({ slug }) => slug === workspace);
    const policy = config?.connections.find((connection) => connection.name === name)?.policy;
    return ((policy ?? config?.policy)?.restoreWindowSeconds ?? 0) * SECOND_MS;
  };
  return { windowMsOf, roles: statedRoles };
}

/**
 * Empties the journals of connections whose window is off. Their requests are no longer recorded, so older entries
 * could be wrong when the window is set again.
 */
export async function forgetUnusedJournals(
  { access, withdrawals }: Pick<Store, 'access' | 'withdrawals'>,
  { windowMsOf }: Pick<AccessBack, 'windowMsOf'>,
): Promise<void> {
  for (const connection of await access.connections()) {
    if (windowMsOf(connection) > 0) continue;
    while ((await withdrawals.forget(connection.id, AT_ONCE)) === AT_ONCE);
  }
}
