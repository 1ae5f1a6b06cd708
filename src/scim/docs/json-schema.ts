/** Converts the attributes of a SCIM schema (RFC 7643 section 7) to JSON Schema, for the OpenAPI document. */
import type { Described } from '../../http/route-docs.ts';

/** An attribute as described at /Schemas. */
export interface DescribedAttribute {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly mutability: string;
  readonly canonicalValues?: readonly string[];
  readonly subAttributes?: readonly DescribedAttribute[];
}

/** What clients send for true and false. The bridge returns booleans. */
const BOOLEANS_SENT = [true, false, 'true', 'false', 'True', 'False'];
/** The JSON types of a value that is kept as it was sent, even when it is not text. */
const KEPT_AS_SENT = ['string', 'number', 'boolean'];

/**
 * @param direction `sent`: what a client writes, without read-only attributes; required attributes are required.
 * `returned`: what a client reads; any attribute can be missing, because a client can choose which ones it gets.
 */
export function propertiesOf(
  attributes: readonly DescribedAttribute[],
  direction: 'sent' | 'returned',
): { readonly required?: readonly string[]; readonly properties: Described } {
  const included = attributes.filter(
    ({ mutability }) => direction === 'returned' || mutability !== 'readOnly',
  );
  const required = direction === 'sent' ? included.filter((attribute) => attribute.required) : [];
  return {
    ...(required.length === 0 ? {} : { required: required.map(({ name }) => name) }),
    properties: Object.fromEntries(
      included.map((attribute) => [attribute.name, schemaOf(attribute, direction)]),
    ),
  };
}

function schemaOf(attribute: DescribedAttribute, direction: 'sent' | 'returned'): Described {
  const { multiValued, description } = attribute;
  const value = valueOf(attribute, direction);
  return multiValued ? { type: 'array', items: value, description } : { ...value, description };
}

function valueOf(attribute: DescribedAttribute, direction: 'sent' | 'returned'): Described {
  const { type, required, subAttributes = [], canonicalValues } = attribute;
  switch (type) {
    case 'complex':
      return { type: 'object', ...propertiesOf(subAttributes, direction) };
    case 'boolean':
      return direction === 'sent' ? { enum: BOOLEANS_SENT } : { type: 'boolean' };
    case 'integer':
      return { type: 'integer' };
    case 'string': {
      const examples = canonicalValues === undefined ? {} : { examples: canonicalValues };
      return { type: 'string', ...(required && direction === 'sent' ? { pattern: '\\S' } : {}), ...examples };
    }
    default:
      return direction === 'sent' ? { type: 'string' } : { type: KEPT_AS_SENT };
  }
}
