/**
 * Splits a name that begins with a schema URN into the URN and the rest. A URN says nothing by its spelling: schemas that
 * are known come first, and the general rule is the grammar's, by which the attribute stands after the last colon.
 */
import type { ResourceSchema } from './resource-schema.ts';
import { MODE_GROUP, MODE_USER } from './urns.ts';

export interface SplitUrn {
  /** As the schema writes it when it is known, else as it was sent. */
  readonly extension: string;
  /** What stands behind it; empty when the name is the whole extension. */
  readonly rest: string;
}

export function isUrn(name: string): boolean {
  return /^urn:./i.test(name);
}

/**
 * The name without the core schema's URN in front of it, which says nothing more.
 * @param name short: the work grows with its square
 * @returns an empty text for the URN alone
 */
export function withoutCoreUrn(schema: ResourceSchema, name: string): string {
  const core = schema.definition.id.toLowerCase();
  let rest = name;
  while (behind(core, rest.toLowerCase()) !== undefined) rest = rest.slice(core.length + 1);
  return rest.toLowerCase() === core ? '' : rest;
}

/** The schemas that the bridge itself describes, and may stand in front of a name of this resource. */
export function describedExtensions(schema: ResourceSchema): readonly string[] {
  return [...[...schema.extensions.values()].map(({ urn }) => urn), MODE_USER, MODE_GROUP];
}

/**
 * Splits the name behind the longest of these URNs that it begins with. URNs are compared without regard to case; some
 * clients write a dot for the colon behind one.
 * @param accepts whether the rest can be the name of an attribute
 */
export function splitKnown(
  extensions: Iterable<string>,
  name: string,
  accepts: (rest: string) => boolean,
): SplitUrn | undefined {
  const lower = name.toLowerCase();
  let found: SplitUrn | undefined;
  for (const extension of extensions) {
    if (extension.length < (found?.extension.length ?? 0)) continue;
    const rest =
      lower === extension.toLowerCase()
        ? ''
        : behind(extension.toLowerCase(), lower) && name.slice(extension.length + 1);
    if (rest === undefined || (rest !== '' && !accepts(rest))) continue;
    found = { extension, rest };
  }
  return found;
}

/**
 * Splits a name of a schema that nobody has described. Extensions are named after the resource (RFC 7643 section 10.2.1),
 * so the attribute stands behind `:User:` or `:User.` where that is there, else behind the last colon.
 * @returns undefined for a name that has no attribute behind a URN
 */
export function splitUnknown(schema: ResourceSchema, name: string): SplitUrn | undefined {
  const resource = `:${schema.definition.name}`;
  const named = Math.max(name.lastIndexOf(`${resource}:`), name.lastIndexOf(`${resource}.`));
  const cut = named + resource.length;
  const inner = named === -1 ? '' : name.slice(cut + 1);
  if (inner !== '' && !inner.includes(':')) return { extension: name.slice(0, cut), rest: inner };
  const last = name.lastIndexOf(':');
  const [extension, rest] = [name.slice(0, last), name.slice(last + 1)];
  return rest === '' || !isUrn(extension) ? undefined : { extension, rest };
}

/** Both in lower case. @returns what stands behind the URN and a separator */
function behind(urn: string, name: string): string | undefined {
  const separated = name.startsWith(urn) && (name[urn.length] === ':' || name[urn.length] === '.');
  return separated && name.length > urn.length + 1 ? name.slice(urn.length + 1) : undefined;
}
