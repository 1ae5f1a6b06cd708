/** The attributes of a document that state roles. A user gets them back with the admin role. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { StatedRoles } from '../../directory/withdrawal/withdrawal.ts';
import { isRoleAttribute } from './read-roles.ts';

export const statedRoles: StatedRoles = {
  read: (document) => {
    const stated = pick(JSON.parse(document) as Attributes);
    return Object.keys(stated).length === 0 ? undefined : JSON.stringify(stated);
  },
  write: (document, roles) => {
    const others = omit(JSON.parse(document) as Attributes);
    return JSON.stringify(merge(others, JSON.parse(roles) as Attributes));
  },
};

/** Only the attributes that state roles, at the top level and in extensions. */
function pick(document: Attributes): Attributes {
  return fromEntries(document, (key, value) => {
    if (isRoleAttribute(key)) return value;
    const inner = isExtension(key, value) ? pick(value) : {};
    return Object.keys(inner).length === 0 ? undefined : inner;
  });
}

/** All other attributes. */
function omit(document: Attributes): Attributes {
  return fromEntries(document, (key, value) => {
    if (isRoleAttribute(key)) return undefined;
    return isExtension(key, value) ? omit(value) : value;
  });
}

function merge(document: Attributes, roles: Attributes): Attributes {
  const merged = Object.entries(roles).map(([key, value]): [string, Json] => {
    const present = Object.hasOwn(document, key) ? document[key] : undefined;
    return [key, isObject(present) && isObject(value) ? { ...present, ...value } : value];
  });
  return { ...document, ...Object.fromEntries(merged) };
}

function isExtension(key: string, value: Json): value is Attributes {
  return key.toLowerCase().startsWith('urn:') && isObject(value);
}

function fromEntries(
  document: Attributes,
  valueOf: (key: string, value: Json) => Json | undefined,
): Attributes {
  const entries = Object.entries(document).flatMap(([key, value]): [string, Json][] => {
    const kept = valueOf(key, value);
    return kept === undefined ? [] : [[key, kept]];
  });
  return Object.fromEntries(entries);
}
