/** `bulkId:x` in the path or data of an operation stands for the id of the resource that another operation creates. */
import { isObject, type Json } from '../../directory/attributes.ts';
import type { BulkOperation } from './parse-bulk.ts';

/** A reference is a whole string, or a quoted value in the filter of a path. */
const REFERENCE = /^bulkId:(.+)$/is;
const QUOTED = /"bulkId:([^"\\]+)"/gi;

/** The bulkIds that must be known before the operation can run. */
export function referencesOf({ id, data }: BulkOperation): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: Json): void => {
    if (typeof value === 'string') {
      const name = REFERENCE.exec(value)?.[1];
      if (name !== undefined) found.add(name);
      for (const [, inside = ''] of value.matchAll(QUOTED)) found.add(inside);
    } else if (Array.isArray(value)) for (const part of value as readonly Json[]) visit(part);
    else if (isObject(value)) for (const part of Object.values(value)) visit(part);
  };
  if (id !== undefined) visit(id);
  if (data !== undefined) visit(data);

  return found;
}

/** Removes references to resources that have no id yet. */
export function withoutReferences<T extends Json | undefined>(value: T, unknown: ReadonlySet<string>): T {
  const refers = (part: Json) => typeof part === 'string' && unknown.has(REFERENCE.exec(part)?.[1] ?? '');
  const visit = (part: Json): Json => {
    if (Array.isArray(part)) {
      const elements = part as readonly Json[];
      const kept = elements.filter(
        (element) => !refers(element) && !(isObject(element) && refers(element['value'] ?? null)),
      );
      return kept.map(visit);
    }
    if (!isObject(part)) return part;
    const kept = Object.entries(part).filter(([, inner]) => !refers(inner));
    return Object.fromEntries(kept.map(([key, inner]) => [key, visit(inner)]));
  };
  return (value === undefined ? value : visit(value)) as T;
}

/** Replaces every known reference with its id. */
export function resolved<T extends Json | undefined>(value: T, ids: ReadonlyMap<string, string>): T {
  const visit = (part: Json): Json => {
    if (typeof part === 'string') {
      const whole = ids.get(REFERENCE.exec(part)?.[1] ?? '');
      return (
        whole ??
        part.replaceAll(QUOTED, (text, name: string) => JSON.stringify(ids.get(name) ?? text.slice(1, -1)))
      );
    }
    if (Array.isArray(part)) return (part as readonly Json[]).map(visit);
    if (!isObject(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, visit(inner)]));
  };
  return (value === undefined ? value : visit(value)) as T;
}
