/** Turns the attributes of a SCIM schema (RFC 7643 section 7) into JSON Schema, for the OpenAPI document. */
import type { Described } from '../../http/route-docs.ts';

/** An attribute, as /Schemas describes it. */
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

/** What clients send for true and false; the bridge answers with booleans. */
const BOOLEANS_SENT = [true, false, 'true', 'false', 'True', 'False'];
/** These types are kept as they were sent, so that what is no text stays what it was. */
const KEPT_AS_SENT = ['string', 'number', 'boolean'];

/**
 * @param direction `sent` has what a client writes: no read-only attributes, and the required ones are required.
 * `answered` has what a client reads: any attribute can be missing, because the client names those that it wants.
 */
export function propertiesOf(
  attributes: readonly DescribedAttribute[],
  direction: 'sent' | 'answered',
): { readonly required?: readonly string[]; readonly properties: Described } {
  const shown = attributes.filter(({ mutability }) => direction === 'answered' || mutability !== 'readOnly');
  const required = direction === 'sent' ? shown.filter((attribute) => attribute.required) : [];
  return {
    ...(required.length === 0 ? {} : { required: required.map(({ name }) => name) }),
    properties: Object.fromEntries(
      shown.map((attribute) => [attribute.name, schemaOf(attribute, direction)]),
    ),
  };
}

function schemaOf(attribute: DescribedAttribute, direction: 'sent' | 'answered'): Described {
  const { multiValued, description } = attribute;
  const one = valueOf(attribute, direction);
  return multiValued ? { type: 'array', items: one, description } : { ...one, description };
}

function valueOf(attribute: DescribedAttribute, direction: 'sent' | 'answered'): Described {
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
