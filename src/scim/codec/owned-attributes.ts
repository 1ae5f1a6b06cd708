/** Attributes that no client can write: the bridge's own, and secrets. The parsed path decides, not its spelling. */
import type { AttributePath } from '../schema/attribute-path.ts';
import { MODE_GROUP, MODE_USER } from '../schema/urns.ts';

const OWN: ReadonlySet<string> = new Set(['id', 'meta', 'groups']);
/** What the bridge knows about a resource on Mode. */
const OWN_EXTENSIONS: ReadonlySet<string> = new Set([MODE_USER, MODE_GROUP].map((urn) => urn.toLowerCase()));

type Named = Pick<AttributePath, 'extension' | 'attribute'>;

/** Whether only the bridge writes the attribute. A PATCH whose path names it is an error. */
export function isReadOnly({ extension, attribute }: Named): boolean {
  if (extension !== null) return OWN_EXTENSIONS.has(extension.toLowerCase());
  return attribute !== null && OWN.has(attribute.toLowerCase());
}

/** Whether the attribute is omitted from stored documents: it is read-only, derived, or a secret under any schema. */
export function isLeftOut(path: Named): boolean {
  const attribute = path.attribute?.toLowerCase();
  return isReadOnly(path) || attribute === 'password' || (path.extension === null && attribute === 'schemas');
}
