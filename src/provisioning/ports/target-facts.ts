/** What the worker learned of the target in passing, kept for operators: `status` may be asked of another process. */
import type { ResourceKind } from '../model/permission.ts';

export interface TargetFacts {
  /** Whether the target says that there is no seat left for another person. */
  readonly seatLimitReached: boolean;
  /** Calls a second that the target bears for what there is most of: all credentials that serve it together. */
  readonly callsPerSecond: number;
  /** Members of a group that go in one call; 1: each needs a call of its own. */
  readonly membersInOneCall: number;
  /** Rows about who holds a permission, in a form that the bridge does not know, by kind; what was known before stays. */
  readonly collectionRowsNotUnderstood: number;
  readonly dataSourceRowsNotUnderstood: number;
  /** Accounts that own the API keys that the bridge uses, by their handles. */
  readonly protectedUsernames: readonly string[];
  /** Whether the bridge has the token of the target's own SCIM. */
  readonly ownsManaged: boolean;
}

export interface TargetFactStore {
  /** Changes these, and leaves the others. Durable when it resolves. */
  saveFacts(workspace: string, facts: Partial<TargetFacts>, at: number): Promise<void>;
  facts(workspace: string): Promise<Partial<TargetFacts>>;
}

export const ROWS_NOT_UNDERSTOOD = {
  collection: 'collectionRowsNotUnderstood',
  data_source: 'dataSourceRowsNotUnderstood',
} as const satisfies Record<ResourceKind, keyof TargetFacts>;
