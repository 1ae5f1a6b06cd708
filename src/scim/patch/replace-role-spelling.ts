/**
 * `role` and `roles` are two spellings of one attribute, because IdPs map the role to either. A PATCH that replaces one
 * of them takes the other away: otherwise a role that was sent under the other spelling could never be withdrawn.
 */
import { isObject, type Attributes } from '../../directory/attributes.ts';
import { USER } from '../schema/urns.ts';
import type { PatchOperation } from './parse-patch.ts';

const SPELLINGS: ReadonlySet<string> = new Set(['role', 'roles']);

/**
 * @param document after `operations` were applied
 * @returns the document without the spelling that the operations did not write, if they replaced or removed the other
 */
export function replaceRoleSpelling(document: Attributes, operations: readonly PatchOperation[]): Attributes {
  const written = new Set(operations.flatMap(namesIn).filter((name) => SPELLINGS.has(name)));
  const replaced = operations.some(
    (operation) => operation.op !== 'add' && namesIn(operation).some((name) => SPELLINGS.has(name)),
  );
  if (!replaced) return document;
  const isStale = (key: string) => SPELLINGS.has(key.toLowerCase()) && !written.has(key.toLowerCase());
  return Object.fromEntries(Object.entries(document).filter(([key]) => !isStale(key)));
}

/** The whole attributes that an operation writes, in lower case, without the URN of the core schema. */
function namesIn({ path, value }: PatchOperation): string[] {
  const paths = path === undefined ? Object.keys(isObject(value) ? value : {}) : [path];
  const core = `${USER.toLowerCase()}:`;
  return paths.map((text) => {
    const name = text.trim().toLowerCase();
    return name.startsWith(core) ? name.slice(core.length) : name;
  });
}
