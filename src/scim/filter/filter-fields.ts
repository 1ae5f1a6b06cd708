/** Which column, list or place in the document a filter's attribute means. */
import type { Condition, Field } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';
import { parseAttributePath } from '../schema/attribute-path.ts';
import { userSchema, type ResourceSchema } from '../schema/resource-schema.ts';
import { ENTERPRISE } from '../schema/urns.ts';

export type Scalar = string | number | boolean | null;

/** `path eq value` */
export function fieldCondition(schema: ResourceSchema, path: string, value: Scalar): Condition {
  const field = fieldOf(schema, path);
  if (field.kind === 'column' && field.name === 'active') return activeCondition(field, value);
  return { op: 'eq', field, value };
}

/** `attribute[comparisons]`: all of them of one element */
export function elementCondition(
  schema: ResourceSchema,
  attribute: string,
  comparisons: readonly { readonly path: string; readonly value: Scalar }[],
): Condition {
  const name = parsed(schema, attribute).attribute;
  const wanted = new Map(comparisons.map(({ path, value }) => [path.toLowerCase(), value]));
  const value = wanted.get('value');
  if (name === 'members' && value !== undefined && wanted.size === 1) {
    return { op: 'eq', field: { kind: 'member' }, value };
  }
  const known = [...wanted.keys()].every((key) => ['value', 'type', 'primary'].includes(key));
  if (name !== 'emails' || value === undefined || !known || wanted.size !== comparisons.length) {
    throw new BridgeError(
      'invalid_filter',
      `A filter on the elements of "${attribute.slice(0, 100)}" is not supported: emails by value, type and primary, and members by value, are.`,
    );
  }
  const type = wanted.get('type');
  const primary = wanted.get('primary');
  return {
    op: 'eq',
    field: {
      kind: 'email',
      ...(type === undefined ? {} : { type: String(type) }),
      ...(primary === undefined ? {} : { primary: String(primary).toLowerCase() === 'true' }),
    },
    value,
  };
}

function fieldOf(schema: ResourceSchema, text: string): Field {
  const { extension, attribute, filter, part, info } = parsed(schema, text);
  if (filter !== null || attribute === null) throw unusable(text);
  if (extension !== null)
    return {
      kind: 'path',
      path: pathOf(extension, attribute, part ?? (info?.parts.has('value') === true ? 'value' : null)),
    };
  const isUser = schema === userSchema;
  switch (attribute.toLowerCase()) {
    case 'id':
      return { kind: 'column', name: 'id' };
    case 'externalid':
      return { kind: 'column', name: 'externalId' };
    case 'username':
      return { kind: 'column', name: 'userName' };
    case 'active':
      return { kind: 'column', name: 'active' };
    case 'displayname':
      return isUser ? { kind: 'path', path: ['displayName'] } : { kind: 'column', name: 'displayName' };
    case 'emails':
      if (part !== null && part !== 'value') throw unusable(text);
      return { kind: 'email' };
    case 'members':
      if (part !== null && part !== 'value') throw unusable(text);
      return { kind: 'member' };
    case 'manager':
      // Some clients leave the extension's URN out.
      if (isUser) return { kind: 'path', path: [ENTERPRISE, 'manager', part ?? 'value'] };
      return { kind: 'path', path: ['manager'] };
    case 'meta':
    case 'groups':
      throw unusable(text);
    default:
      if (info?.multiValued === true) throw unusable(text);
      return { kind: 'path', path: part === null ? [attribute] : [attribute, part] };
  }
}

function parsed(schema: ResourceSchema, text: string) {
  try {
    return parseAttributePath(schema, text);
  } catch (error) {
    throw new BridgeError(
      'invalid_filter',
      error instanceof Error ? error.message : 'The path cannot be read.',
    );
  }
}

function pathOf(extension: string, attribute: string, part: string | null): readonly string[] {
  return part === null ? [extension, attribute] : [extension, attribute, part];
}

/** A boolean may come as text; what is neither matches nobody. */
function activeCondition(field: Field, value: Scalar): Condition {
  const text = String(value).toLowerCase();
  if (text !== 'true' && text !== 'false') return { op: 'never' };
  return { op: 'eq', field, value: text === 'true' };
}

function unusable(text: string): BridgeError {
  return new BridgeError('invalid_filter', `A filter on "${text.slice(0, 100)}" is not supported.`);
}
