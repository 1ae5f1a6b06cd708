/**
 * The port to the journal of withdrawals. Entries are written and ended by steps of directory writes, in the same
 * transaction as what they are about.
 */
import type { Withdrawal } from './withdrawal.ts';

export interface WithdrawalStore {
  /** What the connection took from the user, with the deactivation. */
  withdrawals(connectionId: string, userId: string): Promise<readonly Withdrawal[]>;
}

export interface WithdrawalPruning {
  /** Deletes entries from before `before`, at most `limit` at once. @returns how many */
  prune(before: number, limit: number): Promise<number>;
  /** Deletes entries of the connection, at most `limit` at once. @returns how many */
  forget(connectionId: string, limit: number): Promise<number>;
}
