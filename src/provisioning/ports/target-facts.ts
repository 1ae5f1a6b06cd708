/** What the worker learned about the target, stored for operators, because `status` may run in another process. */
import type { ResourceKind } from '../model/permission.ts';

export interface TargetFacts {
  /** Whether the target reports that no seat is free. */
  readonly seatLimitReached: boolean;
  /** Calls per second that the target accepts for the most frequent calls, with all credentials together. */
  readonly callsPerSecond: number;
  /** Members of a group that one call can change. */
  readonly membersInOneCall: number;
  /** The number of permission rows in an unknown form, by kind. The permissions known before stay. */
  readonly collectionRowsNotUnderstood: number;
  readonly dataSourceRowsNotUnderstood: number;
  /** The usernames of the accounts that own the API keys that the bridge uses. */
  readonly protectedUsernames: readonly string[];
  /** Whether the bridge has the token of the target's own SCIM. */
  readonly ownsManaged: boolean;
}

export interface TargetFactStore {
  /** Changes only the given facts. Durable when it resolves. */
  saveFacts(workspace: string, facts: Partial<TargetFacts>, at: number): Promise<void>;
  facts(workspace: string): Promise<Partial<TargetFacts>>;
}

export const ROWS_NOT_UNDERSTOOD = {
  collection: 'collectionRowsNotUnderstood',
  data_source: 'dataSourceRowsNotUnderstood',
} as const satisfies Record<ResourceKind, keyof TargetFacts>;
