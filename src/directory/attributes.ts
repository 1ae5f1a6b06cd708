/** JSON as it came from an IdP: kept and echoed, understood only at the SCIM border. */
export type Json = string | number | boolean | null | readonly Json[] | Attributes;

/** A resource's document: attribute name to value, without what the bridge itself owns (id, meta, groups). */
export interface Attributes {
  readonly [name: string]: Json;
}

export function isObject(value: Json | undefined): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
