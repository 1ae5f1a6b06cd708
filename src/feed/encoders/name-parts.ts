/** First and last name as text: readers that have a column for each leave it empty when they find anything else. */
import type { Account } from '../model.ts';

/**
 * As the IdP sent them; for a person of whom only a whole name is known, its first word and the rest. Empty texts when no
 * name is known.
 */
export function nameParts({
  givenName,
  familyName,
  name,
}: Pick<Account, 'givenName' | 'familyName' | 'name'>): { readonly first: string; readonly last: string } {
  if (givenName !== null || familyName !== null) return { first: givenName ?? '', last: familyName ?? '' };
  const [first = '', ...rest] = (name ?? '').trim().split(/\s+/);
  return { first, last: rest.join(' ') };
}
