/** The steps of a directory write that change the journal of withdrawals. */
import type { WithdrawalKind } from './withdrawal.ts';

interface About {
  readonly what: WithdrawalKind;
  readonly groupId: string | null;
  readonly userIds: readonly string[];
}

export type WithdrawalStep =
  /** Adds an entry for each user, or replaces the older one. */
  | (About & {
      readonly step: 'add_withdrawals';
      readonly connectionId: string;
      readonly roles: string | null;
    })
  /** The IdP took away again what an inactive user does not have: where there is an entry, it is of now. */
  | (About & { readonly step: 'repeat_withdrawals' })
  /** The IdP gave it. */
  | (About & { readonly step: 'remove_withdrawals' })
  /** Removes all entries of the user. Expects `count`, none of them later than `latest`. */
  | {
      readonly step: 'end_withdrawals';
      readonly connectionId: string;
      readonly userId: string;
      readonly count: number;
      readonly latest: number;
    };
