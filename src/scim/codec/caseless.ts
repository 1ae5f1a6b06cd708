/** Looks up a JSON key without regard to case (RFC 7643 section 2.1). */
import type { Json } from '../../directory/attributes.ts';

/** @param name in lower case */
export function caseless(fields: Readonly<Record<string, Json>>, name: string): Json | undefined {
  if (Object.hasOwn(fields, name)) return fields[name];
  const key = Object.keys(fields).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : fields[key];
}
