/**
 * An IdP can import only people who have a given name and a family name, and Mode has one name or none. What is missing
 * is shown, and never stored: whoever takes the person over says their name themselves.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';

interface Names {
  readonly givenName: string;
  readonly familyName: string;
}

/**
 * The document of a person whom nobody has pushed, with the names that an import needs: from their name, else from their
 * address.
 * @param document JSON text of an object
 */
export function nameUnmanaged(document: string, userName: string): string {
  const said = JSON.parse(document) as Attributes;
  const name = isObject(said['name']) ? said['name'] : {};
  const whole = textOf(name['formatted']) ?? textOf(said['displayName']);
  const guessed = whole === undefined ? fromAddress(userName) : fromName(whole, userName);
  const givenName = textOf(name['givenName']) ?? guessed.givenName;
  const familyName = textOf(name['familyName']) ?? guessed.familyName;
  const formatted = whole ?? (givenName === familyName ? givenName : `${givenName} ${familyName}`);
  return JSON.stringify({
    ...said,
    displayName: textOf(said['displayName']) ?? formatted,
    name: { ...name, formatted, givenName, familyName },
  });
}

/** `Jane van Doe` and `van Doe, Jane`. */
function fromName(name: string, userName: string): Names {
  const comma = name.indexOf(',');
  const [before, behind] = [name.slice(0, comma).trim(), name.slice(comma + 1).trim()];
  if (comma !== -1 && before !== '' && behind !== '') return { givenName: behind, familyName: before };
  const [first = '', ...rest] = name.split(/\s+/).filter((word) => word !== '');
  if (rest.length > 0) return { givenName: first, familyName: rest.join(' ') };
  const { givenName, familyName } = fromAddress(userName);
  return { givenName: first, familyName: familyName === givenName ? first : familyName };
}

/** `jane.doe+x@example.com` is Jane Doe; an address of one word is both names. */
function fromAddress(address: string): Names {
  const local = (address.split('@', 1)[0] ?? '').split('+', 1)[0] ?? '';
  const words = local.split(/[._-]/).filter((word) => word !== '');
  const [first = address, ...rest] = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { givenName: first, familyName: rest.length > 0 ? rest.join(' ') : first };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
