/** What operators ask of provisioning, from the command line and over the admin API alike. */
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import { adoptionReport, type AdoptionItem } from './plan/adoption.ts';
import { compareDrift } from './drift/compare-drift.ts';
import type { DriftItem, DriftMode } from './drift/drift.ts';
import type { Invite } from './invite/invite.ts';
import { createLinks, type Links } from './links.ts';
import type { ProvisioningStore } from './ports/provisioning-store.ts';

const MAX_INVITES = 10_000;

/** When Mode was read on which this rests. Milliseconds since the epoch. */
interface Rests {
  readonly readAt: number;
}

export interface Desk {
  readonly links: Links;
  /**
   * What of Mode a first push takes over, and what people have to decide.
   * @param wanted as an IdP will push it; what it has pushed already, when not given
   * @throws BridgeError unavailable when Mode was never read
   */
  adoption(
    workspace: string,
    wanted?: { readonly emails: readonly string[]; readonly groups: readonly string[] },
  ): Promise<Rests & { readonly items: readonly AdoptionItem[] }>;
  /** @throws BridgeError unavailable when Mode was never read */
  drift(
    workspace: string,
  ): Promise<Rests & { readonly items: readonly DriftItem[]; readonly modes: DriftModes }>;
  /** @throws BridgeError invalid_value, not_found */
  setDriftMode(workspace: string, connectionId: string, mode: string): Promise<void>;
  /** Those that are not accepted, oldest first. */
  openInvites(workspace: string): Promise<readonly Invite[]>;
}

type DriftModes = Awaited<ReturnType<ProvisioningStore['driftModes']>>;

/** @param fallback what becomes of drift of connections for which nothing is set */
export function createDesk(store: ProvisioningStore, clock: Clock, fallback: DriftMode): Desk {
  async function readAt(workspace: string): Promise<number> {
    const { members, groups } = await store.readTimes(workspace);
    if (members !== null && groups !== null) return Math.min(members, groups);
    throw new BridgeError('unavailable', 'Mode was never read: run the bridge, or "sync --once", first.');
  }

  return {
    links: createLinks(store, clock),
    adoption: async (workspace, wanted) => {
      const at = await readAt(workspace);
      const members = await store.observedMembers(workspace);
      const groups = await store.observedGroups(workspace);
      const pushed = wanted ?? (await store.pushedNames(workspace));
      return { readAt: at, items: adoptionReport(pushed, { members, groups }) };
    },
    drift: async (workspace) => ({
      readAt: await readAt(workspace),
      items: compareDrift(await store.driftState(workspace)),
      modes: await store.driftModes(workspace, fallback),
    }),
    setDriftMode: async (workspace, connectionId, mode) => {
      if (mode !== 'report' && mode !== 'enforce') {
        throw new BridgeError('invalid_value', `Drift is for report or enforce, not "${mode}".`);
      }
      if (await store.setDriftMode(workspace, connectionId, mode)) return;
      throw new BridgeError('not_found', `The workspace has no connection "${connectionId}".`);
    },
    openInvites: (workspace) => store.openInvites(workspace, MAX_INVITES),
  };
}
