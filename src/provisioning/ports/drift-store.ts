/** Provisioning's port to the data of a drift comparison, and to the drift mode of each connection. */
import type { Decided } from '../../directory/decision.ts';
import type { Subject } from '../../directory/subject.ts';
import type { DriftMode, DriftState } from '../drift/drift.ts';

export interface DriftStore {
  driftState(workspace: string): Promise<DriftState>;
  /** @param fallback the mode of connections that have none of their own */
  driftModes(
    workspace: string,
    fallback: DriftMode,
  ): Promise<readonly { readonly connectionId: string; readonly mode: DriftMode }[]>;
  /** @returns false when there is no such connection of the workspace */
  setDriftMode(workspace: string, connectionId: string, mode: DriftMode, decided: Decided): Promise<boolean>;
  /** The ids of the subjects whose connection only reports drift. */
  onlyReported(
    workspace: string,
    subjects: readonly Subject[],
    fallback: DriftMode,
  ): Promise<ReadonlySet<string>>;
}
