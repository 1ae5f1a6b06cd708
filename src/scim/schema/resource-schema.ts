/**
 * The attributes of a resource type: their spelling, whether they have several values, and their sub-attributes. The
 * definitions come from scimmy. They are never modified, so that several bridges in one process share no mutable state.
 */
import SCIMMY from 'scimmy';
import { ENTERPRISE } from './urns.ts';

type Attribute = InstanceType<typeof SCIMMY.Types.Attribute>;
export type Definition = InstanceType<typeof SCIMMY.Types.SchemaDefinition>;

export interface AttributeInfo {
  /** In the schema's spelling. */
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  /** Whether comparisons are case-sensitive. */
  readonly exact: boolean;
  /** Sub-attributes by lower-cased name; empty unless the attribute is complex. */
  readonly parts: ReadonlyMap<string, AttributeInfo>;
  /**
   * Converts a value to the type in the schema. Canonical values are suggestions only: IdPs use other values too.
   * @throws TypeError
   */
  readonly coerce: (value: unknown) => unknown;
}

export interface ResourceSchema {
  readonly definition: Definition;
  /** By lower-cased name. */
  readonly attributes: ReadonlyMap<string, AttributeInfo>;
  /** By lower-cased URN; `urn` has the original spelling. */
  readonly extensions: ReadonlyMap<
    string,
    { readonly urn: string; readonly attributes: ReadonlyMap<string, AttributeInfo> }
  >;
}

export const enterpriseDefinition: Definition = SCIMMY.Schemas.EnterpriseUser.definition;

export const userSchema: ResourceSchema = {
  definition: SCIMMY.Schemas.User.definition,
  attributes: withPlainAddresses(describe(SCIMMY.Schemas.User.definition)),
  extensions: new Map([
    [ENTERPRISE.toLowerCase(), { urn: ENTERPRISE, attributes: describe(enterpriseDefinition) }],
  ]),
};

export const groupSchema: ResourceSchema = {
  definition: SCIMMY.Schemas.Group.definition,
  attributes: describe(SCIMMY.Schemas.Group.definition),
  extensions: new Map(),
};

function describe(definition: Definition): ReadonlyMap<string, AttributeInfo> {
  return byName(definition.attributes.filter((attribute) => attribute instanceof SCIMMY.Types.Attribute));
}

/** Some clients write an address as a URI: `mailto:jane@x.test`. */
export function withoutScheme(address: string): string {
  return address.replace(/^\s*mailto:/i, '');
}

function withPlainAddresses(
  attributes: ReadonlyMap<string, AttributeInfo>,
): ReadonlyMap<string, AttributeInfo> {
  const emails = attributes.get('emails');
  const value = emails?.parts.get('value');
  if (emails === undefined || value === undefined) return attributes;
  const coerce = (given: unknown) => {
    const address = value.coerce(given);
    return typeof address === 'string' ? withoutScheme(address) : address;
  };
  const parts = new Map([...emails.parts, ['value', { ...value, coerce }]]);
  return new Map([...attributes, ['emails', { ...emails, parts }]]);
}

function byName(attributes: readonly Attribute[]): ReadonlyMap<string, AttributeInfo> {
  return new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), info(attribute)]));
}

function info(attribute: Attribute): AttributeInfo {
  return {
    name: attribute.name,
    type: attribute.type,
    multiValued: attribute.config.multiValued === true,
    required: attribute.config.required === true,
    exact: attribute.config.caseExact === true,
    parts: byName(attribute.subAttributes ?? []),
    coerce: (value) =>
      Array.isArray(attribute.config.canonicalValues) ? value : (attribute.coerce(value, 'both') as unknown),
  };
}
