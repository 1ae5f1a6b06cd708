/** How people know an account. */
import type { ObservedMember } from '../model/observed.ts';

export function nameOf({
  email,
  username,
  accountId,
}: Pick<ObservedMember, 'email' | 'username' | 'accountId'>): string {
  return email ?? username ?? accountId ?? 'a member';
}
