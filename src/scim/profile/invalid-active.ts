/** Finds an `active` that is neither true nor false: the IdP's admin mapped something else to it. */
import { isObject, type Json } from '../../directory/attributes.ts';

/** @returns what stands there instead; undefined when all is well, or `active` is not there */
export function invalidActive(body: Json | undefined): string | undefined {
  if (!isObject(body)) return undefined;
  const operations = Array.isArray(body['Operations']) ? (body['Operations'] as readonly Json[]) : [];
  const values = [body, ...operations].flatMap((part): Json[] => {
    if (!isObject(part)) return [];
    const { path, value } = part;
    const said = typeof path === 'string' && path.toLowerCase() === 'active' ? value : undefined;
    const inside = isObject(value) ? value['active'] : undefined;
    return [part['active'], said, inside].filter((one) => one !== undefined && one !== null);
  });
  return values.map(bare).find((text) => !/^(true|false)$/i.test(text));
}

/** Some clients wrap the value. */
function bare(value: Json): string {
  if (Array.isArray(value) && value.length === 1) return bare(value[0] as Json);
  if (isObject(value) && value['value'] !== undefined) return bare(value['value']);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
