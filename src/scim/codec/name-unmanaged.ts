/**
 * An IdP can import only users who have a given name and a family name, but Mode has one name or none. The missing names
 * are shown and never stored: an IdP that takes the user over sends the names itself.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';

interface Names {
  readonly givenName: string;
  readonly familyName: string;
}

/**
 * Adds the names that an import needs to the document of a user that no IdP has pushed. They come from the user's full
 * name, otherwise from the address.
 * @param document JSON text of an object
 */
export function nameUnmanaged(document: string, userName: string): string {
  const attributes = JSON.parse(document) as Attributes;
  const name = isObject(attributes['name']) ? attributes['name'] : {};
  const whole = textOf(name['formatted']) ?? textOf(attributes['displayName']);
  const guessed = whole === undefined ? fromAddress(userName) : fromName(whole, userName);
  const givenName = textOf(name['givenName']) ?? guessed.givenName;
  const familyName = textOf(name['familyName']) ?? guessed.familyName;
  const formatted = whole ?? (givenName === familyName ? givenName : `${givenName} ${familyName}`);
  return JSON.stringify({
    ...attributes,
    displayName: textOf(attributes['displayName']) ?? formatted,
    name: { ...name, formatted, givenName, familyName },
  });
}

/** Splits a full name written as `Jane van Doe` or `van Doe, Jane`. */
function fromName(name: string, userName: string): Names {
  const comma = name.indexOf(',');
  const [before, after] = [name.slice(0, comma).trim(), name.slice(comma + 1).trim()];
  if (comma !== -1 && before !== '' && after !== '') return { givenName: after, familyName: before };
  const [first = '', ...rest] = name.split(/\s+/).filter((word) => word !== '');
  if (rest.length > 0) return { givenName: first, familyName: rest.join(' ') };
  const { givenName, familyName } = fromAddress(userName);
  return { givenName: first, familyName: familyName === givenName ? first : familyName };
}

/** `jane.doe+x@example.com` is Jane Doe. An address with a single word gives both names. */
function fromAddress(address: string): Names {
  const local = (address.split('@', 1)[0] ?? '').split('+', 1)[0] ?? '';
  const words = local.split(/[._-]/).filter((word) => word !== '');
  const [first = address, ...rest] = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { givenName: first, familyName: rest.length > 0 ? rest.join(' ') : first };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
