/**
 * Accounts that an undo takes from people: those that Mode had before the window without them, and that the bridge took for
 * theirs within it. Pure. The person gets the account of their earlier address instead, and the other one stays as it is.
 */
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import type { Accounts } from './accounts.ts';
import type { FactsNow } from './as-undone.ts';
import type { Restored } from './restored.ts';

/** A link that goes. An operator's link is a decision, and an account that the bridge invited has nobody else: both stay. */
export interface ReleasedLink {
  readonly userId: string;
  readonly token: string;
}

/** @returns a value for each address that goes with another account */
export function releasedAccounts(
  accounts: Accounts,
  restored: readonly Restored[],
  { people }: FactsNow,
): { readonly values: readonly Restored[]; readonly links: readonly ReleasedLink[] } {
  const users = new Map(people.users.map((user) => [user.id, user]));
  const members = new Map(people.members.map((member) => [memberKey(member), member]));
  const values: Restored[] = [];
  const links: ReleasedLink[] = [];
  for (const value of restored) {
    const { what, subject, to } = value;
    const link = what === 'address' ? users.get(subject.id)?.link : null;
    if (link?.origin !== 'auto' || accounts.linkBefore(subject.id) === link.token) continue;
    const address = foldAddress(String(to));
    const [before, email] = [accounts.addressBefore(link.token), members.get(link.token)?.email];
    // An account that has the address, or had it, is the one that the person gets.
    if (before == null || email == null || [before, email].map(foldAddress).includes(address)) continue;
    values.push({ ...value, what: 'account', from: email, to: String(to) });
    links.push({ userId: subject.id, token: link.token });
  }
  return { values, links };
}
