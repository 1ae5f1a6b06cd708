/** Reports that compare what the IdP pushed with what the target had when it was last read. */
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import { compareDrift } from '../provisioning/drift/compare-drift.ts';
import type { DriftItem, DriftMode } from '../provisioning/drift/drift.ts';
import type { Invite } from '../provisioning/invite/invite.ts';
import { adoptionReport, type AdoptionItem } from '../provisioning/plan/adoption.ts';
import type { DriftStore } from '../provisioning/ports/drift-store.ts';
import type { InviteStore } from '../provisioning/ports/invite-store.ts';
import type { ObservedStore } from '../provisioning/ports/observed-store.ts';
import type { SubjectStore } from '../provisioning/ports/subject-store.ts';
import { neverRead } from './never-read.ts';

const MAX_INVITES = 10_000;

interface ReadAt {
  /** When the target was read. Milliseconds since the epoch. */
  readonly readAt: number;
}

export interface AdoptionReport extends ReadAt {
  readonly items: readonly AdoptionItem[];
}

export interface DriftReport extends ReadAt {
  readonly items: readonly DriftItem[];
  readonly modes: Awaited<ReturnType<DriftStore['driftModes']>>;
}

export interface Reports {
  /**
   * What a first push would adopt, and what a person must decide. @param wanted what an IdP will push; default: what it
   * has pushed
   * @throws BridgeError unavailable when the target was never read
   */
  adoption(
    workspace: string,
    wanted?: { readonly emails: readonly string[]; readonly groups: readonly string[] },
  ): Promise<AdoptionReport>;
  /** @throws BridgeError unavailable when the target was never read */
  drift(workspace: string): Promise<DriftReport>;
  /** @param by who does it, for the change log @throws BridgeError invalid_value, not_found */
  setDriftMode(workspace: string, connectionId: string, mode: string, by?: string): Promise<void>;
  /** Invites that are not accepted, oldest first. */
  openInvites(workspace: string): Promise<readonly Invite[]>;
}

/**
 * @param driftOf the drift mode of connections of a workspace that have none of their own
 * @param labelOf the name of a workspace's target, for messages
 */
export function createReports(
  store: DriftStore & InviteStore & ObservedStore & Pick<SubjectStore, 'pushedNames'>,
  driftOf: (workspace: string) => DriftMode,
  labelOf: (workspace: string) => string,
  clock: Clock,
): Reports {
  async function readAt(workspace: string): Promise<number> {
    const { members, groups } = await store.readTimes(workspace);
    if (members !== null && groups !== null) return Math.min(members, groups);
    throw neverRead(labelOf(workspace));
  }

  return {
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
      modes: await store.driftModes(workspace, driftOf(workspace)),
    }),
    setDriftMode: async (workspace, connectionId, mode, by) => {
      if (mode !== 'report' && mode !== 'enforce') {
        throw new BridgeError('invalid_value', `"${mode}" is not a drift mode. Use one of: report, enforce.`);
      }
      if (await store.setDriftMode(workspace, connectionId, mode, { by, at: clock.now() })) return;
      throw new BridgeError('not_found', `The workspace has no connection "${connectionId}".`);
    },
    openInvites: (workspace) => store.openInvites(workspace, MAX_INVITES),
  };
}
