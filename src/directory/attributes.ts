/** JSON as the IdP sent it. It is kept and returned; only `scim/` interprets it. */
export type Json = string | number | boolean | null | readonly Json[] | Attributes;

/** The document of a resource: attribute name to value, without the attributes that the bridge owns (id, meta, groups). */
export interface Attributes {
  readonly [name: string]: Json;
}

export function isObject(value: Json | undefined): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
