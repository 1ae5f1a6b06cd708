/** Finds an `active` that is neither true nor false: the IdP's admin mapped another attribute to it. */
import { isObject, type Json } from '../../directory/attributes.ts';

/** @returns the invalid value as text; undefined when `active` is valid or missing */
export function invalidActive(body: Json | undefined): string | undefined {
  if (!isObject(body)) return undefined;
  const operations = Array.isArray(body['Operations']) ? (body['Operations'] as readonly Json[]) : [];
  const values = [body, ...operations].flatMap((part): Json[] => {
    if (!isObject(part)) return [];
    const { path, value } = part;
    // Null as the value of a path is explicit. In a whole resource it is the same as no `active`.
    const explicit = value === null ? 'null' : value;
    const atPath = typeof path === 'string' && path.toLowerCase() === 'active' ? explicit : undefined;
    const inValue = isObject(value) ? value['active'] : undefined;
    return [part['active'], atPath, inValue].filter(
      (candidate) => candidate !== undefined && candidate !== null,
    );
  });
  return values.map(unwrapped).find((text) => !/^(true|false)$/i.test(text));
}

/** The value as text. Some clients wrap it in a list or an object. */
function unwrapped(value: Json): string {
  if (Array.isArray(value) && value.length === 1) return unwrapped(value[0] as Json);
  if (isObject(value) && value['value'] !== undefined) return unwrapped(value['value']);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
