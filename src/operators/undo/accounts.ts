/**
 * Which account of the target each user had before the window, which accounts the target had then, and which of them the
 * bridge removed within it. No I/O.
 */
import type { Change } from '../../directory/change.ts';
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import { createTwoTimes } from './two-times.ts';

interface KnownAccount {
  readonly isThere: boolean;
  readonly email: string | null;
}

export interface RemovedAccount {
  readonly userId: string;
  /** Null: a pending invite, which has no account yet. */
  readonly token: string | null;
  /** The e-mail of the account, or another name of it. */
  readonly name: string;
}

export interface Accounts {
  apply(change: Change, isAfter: boolean, isWithin: boolean): void;
  /** The token of the account that the user was linked to before the window. */
  linkBefore(userId: string): string | undefined;
  /** The e-mail of an account that was a member or invited before the window; undefined: it was not. */
  addressBefore(token: string): string | null | undefined;
  /** Accounts that were there before the window, and that the bridge removed within it: each once. */
  readonly removed: readonly RemovedAccount[];
}

export function createAccounts(): Accounts {
  const links = createTwoTimes<string>();
  const accounts = createTwoTimes<KnownAccount>();
  const removed = new Map<string, RemovedAccount>();

  return {
    linkBefore: (userId) => links.then(userId),
    addressBefore: (token) => {
      const before = accounts.then(token);
      return before?.isThere === true ? before.email : undefined;
    },
    get removed() {
      return [...removed.values()].filter(
        ({ token, name }) => accounts.then(keyOf(token, name))?.isThere === true,
      );
    },
    apply: (change, isAfter, isWithin) => {
      const { kind, data } = change;
      if (kind === 'mode.linked' && 'memberToken' in data)
        links.set(change.subject.id, data.memberToken ?? undefined, isAfter);
      if (kind === 'mode.member_changed') {
        const { memberToken, email, state } = data;
        accounts.set(keyOf(memberToken, email), { isThere: state !== 'former', email }, isAfter);
      }
      if (kind !== 'operation.applied' || data.operation !== 'remove_member' || !isWithin) return;
      const { memberToken: token, person } = data;
      const key = keyOf(token, person);
      if (!removed.has(key)) removed.set(key, { userId: change.subject.id, token, name: person ?? '' });
    },
  };
}

function keyOf(token: string | null, email: string | null): string {
  return token ?? `email:${foldAddress(email ?? '')}`;
}
