/** Attributes that no client writes: the bridge's own, and secrets. They are told by their path, never by its spelling. */
import type { AttributePath } from '../schema/attribute-path.ts';
import { MODE_GROUP, MODE_USER } from '../schema/urns.ts';

const OWN: ReadonlySet<string> = new Set(['id', 'meta', 'groups']);
/** What the bridge knows of a resource on Mode. */
const OWN_EXTENSIONS: ReadonlySet<string> = new Set([MODE_USER, MODE_GROUP].map((urn) => urn.toLowerCase()));

type Named = Pick<AttributePath, 'extension' | 'attribute'>;

/** Whether only the bridge writes the attribute: an IdP that names it in a PATCH path is told so. */
export function isReadOnly({ extension, attribute }: Named): boolean {
  if (extension !== null) return OWN_EXTENSIONS.has(extension.toLowerCase());
  return attribute !== null && OWN.has(attribute.toLowerCase());
}

/** Whether a document is kept without the attribute: it is read-only, derived, or a secret under any schema. */
export function isLeftOut(path: Named): boolean {
  const attribute = path.attribute?.toLowerCase();
  return isReadOnly(path) || attribute === 'password' || (path.extension === null && attribute === 'schemas');
}
