/** Finds where an attribute in a filter or sort is stored: in a column, in a list, or in the document. */
import type { Field, List } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';
import { parseAttributePath, type AttributePath } from '../schema/attribute-path.ts';
import {
  groupSchema,
  userSchema,
  type AttributeInfo,
  type ResourceSchema,
} from '../schema/resource-schema.ts';
import { MODE_GROUP, MODE_USER } from '../schema/urns.ts';

export interface Place {
  /** The list that has the attribute in its elements; null for an attribute with a single value. */
  readonly list: List | null;
  readonly field: Field;
  readonly type: 'text' | 'boolean' | 'instant' | 'complex';
}

/** A value that is the same for every resource of a type. */
export interface Constant {
  readonly constant: string;
}

/** @throws BridgeError invalid_filter */
export function placeOf(schema: ResourceSchema, text: string): Place | Constant {
  const path = parsed(schema, text);
  const { extension, attribute, filter, part, info } = path;
  if (filter !== null || isOnMode(extension)) throw unusable(text);
  if (attribute === null) return document([extension ?? ''], 'complex');
  if (extension !== null) return inDocument([extension, attribute], path);
  switch (attribute.toLowerCase()) {
    case 'id':
      return column('id');
    case 'externalid':
      return column('externalId');
    case 'meta':
      return metaPlace(schema, part, text);
    case 'username':
      return schema === userSchema ? column('userName') : inDocument([attribute], path);
    case 'active':
      return schema === userSchema ? column('active', 'boolean') : inDocument([attribute], path);
    case 'displayname':
      return schema === groupSchema ? column('displayName') : inDocument([attribute], path);
    case 'members':
      return schema === groupSchema ? related('members', part, text) : inDocument([attribute], path);
    case 'groups':
      return schema === userSchema ? related('groups', part, text) : inDocument([attribute], path);
    case 'email':
      // SCIM has no such attribute, but some clients search for users with it.
      return schema === userSchema ? placeOf(schema, 'emails') : inDocument([attribute], path);
    case 'schemas':
      throw unusable(text);
    default:
      return inDocument([attribute], { ...path, info });
  }
}

/** A sub-attribute of the elements of a list. @throws BridgeError invalid_filter */
export function elementField(list: List, info: AttributeInfo | undefined, text: string): Place {
  if (list.kind !== 'path')
    return { list: null, field: relatedField(text.toLowerCase(), text), type: 'text' };
  const [name = '', ...deeper] = text.trim().split('.');
  if (deeper.length > 0 || !/^[A-Za-z$][\w$-]*$/.test(name)) throw unusable(text);
  const part = info?.parts.get(name.toLowerCase());
  const path = [part?.name ?? name];
  return { list: null, field: { kind: 'path', path, exact: part?.exact === true }, type: typeOf(part) };
}

/** The list in front of the brackets. @throws BridgeError invalid_filter */
export function listOf(
  schema: ResourceSchema,
  text: string,
): { list: List; info: AttributeInfo | undefined } {
  const path = parsed(schema, text);
  const { extension, attribute, filter, part, info } = path;
  if (attribute === null || filter !== null || part !== null) throw unusable(text);
  const name = attribute.toLowerCase();
  if (extension === null && name === 'members' && schema === groupSchema)
    return { list: { kind: 'members' }, info };
  if (extension === null && name === 'groups' && schema === userSchema)
    return { list: { kind: 'groups' }, info };
  if (info !== undefined && !info.multiValued) throw unusable(text);
  return { list: { kind: 'path', path: extension === null ? [attribute] : [extension, attribute] }, info };
}

function inDocument(path: readonly string[], { part, info }: AttributePath): Place {
  if (info?.multiValued === true) {
    const name = part ?? 'value';
    return { ...elementField({ kind: 'path', path }, info, name), list: { kind: 'path', path } };
  }
  const within = part === null ? undefined : info?.parts.get(part.toLowerCase());
  if (part !== null) return document([...path, part], typeOf(within), within);
  // A reference such as the manager is compared by its value.
  if (info?.type === 'complex' && info.parts.has('value')) {
    return document([...path, 'value'], 'text', info.parts.get('value'));
  }
  return document(path, typeOf(info), info);
}

function document(path: readonly string[], type: Place['type'], info?: AttributeInfo): Place {
  return { list: null, field: { kind: 'path', path, exact: info?.exact === true }, type };
}

function column(name: Extract<Field, { kind: 'column' }>['name'], type: Place['type'] = 'text'): Place {
  return { list: null, field: { kind: 'column', name }, type };
}

function related(kind: 'members' | 'groups', part: string | null, text: string): Place {
  return { list: { kind }, field: relatedField((part ?? 'value').toLowerCase(), text), type: 'text' };
}

function relatedField(name: string, text: string): Field {
  if (name === 'value' || name === 'display') return { kind: 'related', name };
  throw unusable(text);
}

function metaPlace(schema: ResourceSchema, part: string | null, text: string): Place | Constant {
  switch (part?.toLowerCase()) {
    case 'created':
      return column('created', 'instant');
    case 'lastmodified':
      return column('lastModified', 'instant');
    case 'version':
      return column('version');
    case 'resourcetype':
      return { constant: schema === userSchema ? 'User' : 'Group' };
    default:
      throw unusable(text);
  }
}

function typeOf(info: AttributeInfo | undefined): Place['type'] {
  if (info?.type === 'boolean') return 'boolean';
  return info?.type === 'complex' ? 'complex' : 'text';
}

function parsed(schema: ResourceSchema, text: string): AttributePath {
  try {
    return parseAttributePath(schema, text);
  } catch (error) {
    throw new BridgeError(
      'invalid_filter',
      error instanceof Error ? error.message : 'The path is not valid.',
    );
  }
}

/** Attributes about Mode are computed for responses. They are not stored where a filter could compare them. */
function isOnMode(extension: string | null): boolean {
  return [MODE_USER, MODE_GROUP].some((urn) => urn.toLowerCase() === extension?.toLowerCase());
}

export function unusable(text: string): BridgeError {
  return new BridgeError('invalid_filter', `"${text.slice(0, 100)}" cannot be compared here.`);
}
