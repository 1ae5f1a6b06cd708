/** `bulkId:x` in the path or the data of an operation stands for the id of what another operation creates. */
import type { Json } from '../../directory/attributes.ts';
import { isObject } from '../codec/normalize-document.ts';
import type { BulkOperation } from './parse-bulk.ts';

const REFERENCE = /^bulkId:(.+)$/is;

/** The bulkIds that must be known before the operation can run. */
export function referencesOf({ id, data }: BulkOperation): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: Json): void => {
    if (typeof value === 'string') {
      const name = REFERENCE.exec(value)?.[1];
      if (name !== undefined) found.add(name);
    } else if (Array.isArray(value)) for (const part of value as readonly Json[]) visit(part);
    else if (isObject(value)) for (const part of Object.values(value)) visit(part);
  };
  if (id !== undefined) visit(id);
  if (data !== undefined) visit(data);
  // What an operation creates it cannot need.
  return found;
}

/** The same with every reference that is known replaced by its id. */
export function resolved<T extends Json | undefined>(value: T, ids: ReadonlyMap<string, string>): T {
  const visit = (part: Json): Json => {
    if (typeof part === 'string') return ids.get(REFERENCE.exec(part)?.[1] ?? '') ?? part;
    if (Array.isArray(part)) return (part as readonly Json[]).map(visit);
    if (!isObject(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, visit(inner)]));
  };
  return (value === undefined ? value : visit(value)) as T;
}
