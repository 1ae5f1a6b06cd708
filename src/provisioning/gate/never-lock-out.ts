/**
 * The accounts that keep their membership, role and address whatever the IdP says, so that nobody is locked out. Pure.
 */
import { foldAddress } from '../model/fold-address.ts';
import type { ObservedMember } from '../model/observed.ts';
import { nameOf } from '../plan/name-of.ts';
import type { Policy } from '../plan/policy.ts';
import { reason, type Reason } from '../reason/reason.ts';
import type { ReasonCode } from '../reason/reasons.ts';

/** Reasons that an approval cannot end, only a setting or another admin. */
const FINAL: ReadonlySet<ReasonCode> = new Set([
  'last_admin',
  'address_of_last_admin',
  'protected_account',
  'address_of_protected_account',
  'protected_person',
  'address_of_protected_person',
]);

/**
 * @param adminCount active admins that the target has; null: it does not matter
 * @param email the new address, when that is what changes; null: the membership or the role ends
 * @returns null when the account is not protected
 */
export function whyKept(
  member: ObservedMember,
  { protectedUsernames, protectedEmails }: Policy,
  adminCount: number | null,
  email: string | null,
): Reason | null {
  const account = nameOf(member);
  if (member.username !== null && protectedUsernames.has(member.username))
    return email === null
      ? reason('protected_account', { account })
      : reason('address_of_protected_account', { account, email });
  if (member.email !== null && protectedEmails?.has(foldAddress(member.email)) === true)
    return email === null
      ? reason('protected_person', { account })
      : reason('address_of_protected_person', { account, email });
  if (member.state === 'active' && member.admin && adminCount !== null && adminCount <= 1)
    return email === null ? reason('last_admin') : reason('address_of_last_admin', { account, email });
  return null;
}

/** Whether a person may approve what is held for this reason. */
export function isApprovable({ code }: Reason): boolean {
  return !FINAL.has(code);
}
