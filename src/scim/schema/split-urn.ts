/**
 * Splits a name that starts with a schema URN into the URN and the rest. The spelling of a URN does not show where it ends,
 * so known schemas are tried first. Otherwise the grammar's rule applies: the attribute follows the last colon.
 */
import type { ResourceSchema } from './resource-schema.ts';
import { MODE_GROUP, MODE_USER } from './urns.ts';

export interface SplitUrn {
  /** In the schema's spelling for a known schema, else as it was sent. */
  readonly extension: string;
  /** The text after the URN; empty when the name is the whole extension. */
  readonly rest: string;
}

export function isUrn(name: string): boolean {
  return /^urn:./i.test(name);
}

/**
 * Removes the core schema's URN, which is redundant, from the start of a name.
 * @param name must be short, because the work is quadratic in its length
 * @returns an empty text when the name is only the URN
 */
export function withoutCoreUrn(schema: ResourceSchema, name: string): string {
  const { id } = schema.definition;
  if (name.length < id.length) return name;
  const core = id.toLowerCase();
  let rest = name;
  while (restAfter(core, rest.toLowerCase()) !== undefined) rest = rest.slice(core.length + 1);
  return rest.toLowerCase() === core ? '' : rest;
}

/** The extensions described by the bridge that can be in front of an attribute of this resource. */
export function describedExtensions(schema: ResourceSchema): readonly string[] {
  return [...[...schema.extensions.values()].map(({ urn }) => urn), MODE_USER, MODE_GROUP];
}

/**
 * Splits the name after the longest of these URNs that it starts with. URNs are compared without regard to case. Some
 * clients write a dot instead of the colon after the URN.
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
        : restAfter(extension.toLowerCase(), lower) && name.slice(extension.length + 1);
    if (rest === undefined || (rest !== '' && !accepts(rest))) continue;
    found = { extension, rest };
  }
  return found;
}

/**
 * Splits a name of an unknown schema. Extensions are named after the resource (RFC 7643 section 10.2.1), so the attribute
 * follows `:User:` or `:User.` if the name has it, else the last colon.
 * @returns undefined for a name without an attribute after the URN
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

/** Both in lower case. @returns the text after the URN and a separator */
function restAfter(urn: string, name: string): string | undefined {
  const separated = name.startsWith(urn) && (name[urn.length] === ':' || name[urn.length] === '.');
  return separated && name.length > urn.length + 1 ? name.slice(urn.length + 1) : undefined;
}
