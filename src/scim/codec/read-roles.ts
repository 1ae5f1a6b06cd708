/** Reads whether a document makes its user an admin. IdPs send the role in several shapes; all are understood. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';

/** Lower case, as Mode documents it. */
const ADMIN = 'admin';

/**
 * @param before the previous value: true, false, or null when the IdP has never sent a role
 * @param anyCase whether `Admin` counts as the admin role too
 * @returns null while the IdP has never sent a role; false when it sent one earlier and does not send it now
 */
export function readRoles(document: Attributes, before: boolean | null, anyCase = false): boolean | null {
  const names = roleNames(document);
  if (names.some((name) => (anyCase ? name.toLowerCase() : name) === ADMIN)) return true;
  if (names.length > 0) return false;
  return before === null ? null : false;
}

/** Finds a role that differs from the admin role only in case, for a warning. */
export function nearMissRole(document: Attributes): string | undefined {
  return roleNames(document).find((name) => name !== ADMIN && name.toLowerCase() === ADMIN);
}

/** Whether an attribute of this name states roles. */
export function isRoleAttribute(name: string): boolean {
  return ['roles', 'role'].includes(name.toLowerCase());
}

/** The non-empty names in `roles` and `role`, at the top level and in extensions. */
function roleNames(document: Attributes): readonly string[] {
  const names = Object.entries(document).flatMap(([key, value]) => {
    if (isRoleAttribute(key)) return namesIn(value);
    return key.toLowerCase().startsWith('urn:') && isObject(value) ? [...roleNames(value)] : [];
  });
  return names.filter((name) => name !== '');
}

function namesIn(value: Json): string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(namesIn);
  if (typeof value === 'string') return value.startsWith('{') ? namesInText(value) : [value];
  if (!isObject(value)) return [];
  // The first non-empty one counts; the others are only for display.
  for (const key of ['value', 'display', 'displayName', 'type']) {
    const names = namesIn(value[key] ?? '').filter((name) => name !== '');
    if (names.length > 0) return names;
  }
  return [];
}

/** Entra's older mapping puts a JSON object, as text, into `value`. The `value` in it may be an internal Entra number. */
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
