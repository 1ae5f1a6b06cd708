/** Whether a document makes its person an admin: the role in every shape that IdPs give it. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';

/** As Mode documents it: in lower case. */
const ADMIN = 'admin';

/**
 * @param before what stood until now: true, false, or null when the IdP has never named a role
 * @param anyCase whether `Admin` is the admin role too
 * @returns null while the IdP has never named a role; a role that was given and is not named any more is taken away
 */
export function readRoles(document: Attributes, before: boolean | null, anyCase = false): boolean | null {
  const names = roleNames(document);
  if (names.some((name) => (anyCase ? name.toLowerCase() : name) === ADMIN)) return true;
  if (names.length > 0) return false;
  return before === null ? null : false;
}

/** A role that is the admin role but for the case of its letters, for a warning. */
export function nearMissRole(document: Attributes): string | undefined {
  return roleNames(document).find((name) => name !== ADMIN && name.toLowerCase() === ADMIN);
}

/** Names in `roles` and `role`, at the top and in extensions, without empty ones. */
function roleNames(document: Attributes): readonly string[] {
  const names = Object.entries(document).flatMap(([key, value]) => {
    const name = key.toLowerCase();
    if (name === 'roles' || name === 'role') return namesIn(value);
    return name.startsWith('urn:') && isObject(value) ? [...roleNames(value)] : [];
  });
  return names.filter((name) => name !== '');
}

function namesIn(value: Json): string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(namesIn);
  if (typeof value === 'string') return value.startsWith('{') ? namesInText(value) : [value];
  if (!isObject(value)) return [];
  // The first that says something: what the others say is for people.
  for (const key of ['value', 'display', 'displayName', 'type']) {
    const names = namesIn(value[key] ?? '').filter((name) => name !== '');
    if (names.length > 0) return names;
  }
  return [];
}

/** Entra's older mapping puts a JSON object, as text, into `value`: its `value` may be a number of Entra's own. */
function namesInText(text: string): string[] {
  try {
    const parsed = JSON.parse(text) as Json;
    return isObject(parsed)
      ? [parsed['value'], parsed['displayName']].flatMap((name) => namesIn(name ?? ''))
      : [text];
  } catch {
    return [text];
  }
}
