/** A person's profile in the fields of a SCIM user. Pure. */
import {
  PROFILE_ATTRIBUTES,
  type Profile,
  type ProfileAttribute,
  type ProfileChange,
} from '../../../provisioning/model/profile.ts';
import { fieldsOf, textOf } from '../mode-json.ts';
import type { PatchOperation, Resource } from './scim-server.ts';

type Fields = Readonly<Record<string, unknown>>;

const ATTRIBUTES: Readonly<
  Record<
    ProfileAttribute,
    {
      readonly fields: (value: string) => Fields;
      readonly isShown: (user: Resource, value: string) => boolean;
    }
  >
> = {
  name: {
    fields: (name) => ({ name: nameParts(name), displayName: name }),
    isShown: (user, name) => nameOf(user) === name,
  },
  email: {
    fields: (email) => ({ userName: email, emails: [{ value: email, type: 'work', primary: true }] }),
    isShown: hasUserName,
  },
};

/** The fields of the attributes that have a value. */
export function profileFields(profile: Partial<Profile>): Fields {
  return Object.fromEntries(
    valuesOf(profile).flatMap(([attribute, value]) => Object.entries(ATTRIBUTES[attribute].fields(value))),
  );
}

export function profileOperations(change: ProfileChange): readonly PatchOperation[] {
  return replace(profileFields(change));
}

export function showsProfile(user: Resource, change: ProfileChange): boolean {
  return valuesOf(change).every(([attribute, value]) => ATTRIBUTES[attribute].isShown(user, value));
}

export function hasUserName(user: Resource, email: string): boolean {
  return textOf(user['userName'])?.toLowerCase() === email.toLowerCase();
}

function valuesOf(profile: Partial<Profile>): readonly (readonly [ProfileAttribute, string])[] {
  return PROFILE_ATTRIBUTES.flatMap((attribute) => {
    const value = profile[attribute];
    return value == null ? [] : [[attribute, value] as const];
  });
}

/** Replaces each field, and each part of a field that has parts. */
function replace(fields: Fields, within = ''): PatchOperation[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const path = `${within}${name}`;
    const hasParts = typeof value === 'object' && value !== null && !Array.isArray(value);
    return hasParts ? replace(fieldsOf(value), `${path}.`) : [{ op: 'replace', path, value } as const];
  });
}

/** Mode joins both parts again, so it does not matter where the name is split. */
function nameParts(name: string): { givenName: string; familyName?: string; formatted: string } {
  const [givenName = name, ...rest] = name.trim().split(/\s+/);
  return rest.length === 0
    ? { givenName, formatted: name }
    : { givenName, familyName: rest.join(' '), formatted: name };
}

function nameOf(user: Resource): string | null {
  return textOf(fieldsOf(user['name'])['formatted']) ?? textOf(user['displayName']);
}
