/** First and last name as text, because readers with a column for each accept only text. */
import type { Account } from '../model.ts';

/**
 * The names as the IdP sent them. If only the full name is known, its first word and the rest. Without a name, empty
 * texts.
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
