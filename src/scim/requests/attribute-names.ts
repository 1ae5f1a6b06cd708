/** The attribute names of the schemas, by every spelling that clients use. */
import type { AttributeName } from '../../directory/requests/logged-request.ts';
import {
  groupSchema,
  userSchema,
  type AttributeInfo,
  type ResourceSchema,
} from '../schema/resource-schema.ts';
import { ENTERPRISE } from '../schema/urns.ts';

/** Longer than every name in a schema. */
const MAX_LENGTH = 160;
/** Attributes of every resource. */
const COMMON = ['schemas', 'id', 'externalId', 'meta', 'meta.created', 'meta.lastModified', 'meta.version'];
/** Names without a schema that some clients use for other attributes. */
const ALIASES = { User: ['role', 'email'], Group: [] } as const;

/** @returns the name in the schema's spelling; undefined for an unknown name */
export type AttributeNames = (name: string) => AttributeName | undefined;

export const userAttributes = namesOf(userSchema);
export const groupAttributes = namesOf(groupSchema);

function namesOf(schema: ResourceSchema): AttributeNames {
  const names = new Map<string, AttributeName>();
  const add = (spelling: string, name: string) => {
    names.set(spelling.toLowerCase(), name as AttributeName);
  };
  const addAll = (
    attributes: ReadonlyMap<string, AttributeInfo>,
    prefixes: readonly string[],
    own: string,
  ) => {
    for (const { name, parts } of attributes.values()) {
      for (const prefix of prefixes) add(prefix + name, own + name);
      for (const { name: part } of parts.values())
        for (const prefix of prefixes) add(`${prefix}${name}.${part}`, `${own}${name}.${part}`);
    }
  };
  const core = schema.definition.id;
  addAll(schema.attributes, ['', `${core}:`, `${core}.`], '');
  for (const { urn, attributes } of schema.extensions.values()) {
    addAll(attributes, [`${urn}:`, `${urn}.`], `${urn}:`);
    add(urn, urn);
    // Some clients leave the URN out in front of these.
    if (urn === ENTERPRISE) {
      for (const part of ['', '.value', '.displayName']) add(`manager${part}`, `${urn}:manager${part}`);
    }
  }
  for (const name of [...COMMON, ...ALIASES[schema === userSchema ? 'User' : 'Group']]) add(name, name);

  return (name) => {
    return name.length > MAX_LENGTH ? undefined : names.get(name.toLowerCase());
  };
}
