/** The name of an account for people. */
import type { ObservedMember } from '../model/observed.ts';

export function nameOf({
  email,
  username,
  accountId,
}: Pick<ObservedMember, 'email' | 'username' | 'accountId'>): string {
  return email ?? username ?? accountId ?? 'a member';
}
