/** How people know an account. */
import type { ObservedMember } from '../model/observed.ts';

export function nameOf({
  email,
  username,
  memberToken,
}: Pick<ObservedMember, 'email' | 'username' | 'memberToken'>): string {
  return email ?? username ?? memberToken ?? 'a member';
}
