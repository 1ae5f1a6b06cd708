/**
 * The port to the journal of withdrawals. Steps of directory writes add and end entries, in the same transaction as the
 * change.
 */
import type { Withdrawal } from './withdrawal.ts';

export interface WithdrawalStore {
  /** Everything that the connection took from the user, including the deactivation. */
  withdrawals(connectionId: string, userId: string): Promise<readonly Withdrawal[]>;
}

export interface WithdrawalPruning {
  /** Deletes entries from before `before`, at most `limit` at once. @returns how many */
  prune(before: number, limit: number): Promise<number>;
  /** Deletes entries of the connection, at most `limit` at once. @returns how many */
  forget(connectionId: string, limit: number): Promise<number>;
}
