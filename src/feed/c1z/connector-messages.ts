/**
 * Encodes the messages of a c1z file: the package c1.connector.v2. Field numbers are from its .proto files.
 *
 * Newer readers look for profile (9), status (11) and created_at (12) in a Resource, older ones in its trait, so both
 * have the same values.
 */
import type {
  C1zEntitlement,
  C1zGrant,
  C1zResource,
  C1zResourceType,
  C1zUser,
  Profile,
  ResourceKey,
  Status,
  Trait,
} from './c1z-source.ts';
import { any, BinaryWriter, byBytes, encoded, entry, enumeration, flag, message } from './wire.ts';
import { struct, text, timestamp } from './wire.ts';

const PACKAGE = 'c1.connector.v2';
const TRAITS = { user: 1, group: 2, role: 3 } as const;
const STATES = { enabled: 1, disabled: 2, deleted: 3 } as const;
const PURPOSES = { assignment: 1, permission: 2 } as const;
const HUMAN = 1;

export function encodeResourceType({ id, displayName, description, trait }: C1zResourceType): Uint8Array {
  const to = new BinaryWriter();
  text(to, 1, id);
  text(to, 2, displayName);
  // Repeated numbers are packed: their bytes follow each other.
  if (trait !== null) encoded(to, 3, Uint8Array.of(TRAITS[trait]));
  text(to, 5, description);
  return to.finish();
}

/** @param trait the trait of the resource's type */
export function encodeResource(resource: C1zResource, trait: Trait): Uint8Array {
  const { displayName, rawId, profile, user } = resource;
  const to = new BinaryWriter();
  message(to, 1, (id) => {
    resourceId(id, resource);
  });
  text(to, 3, displayName);
  if (user !== null) {
    any(to, 4, `${PACKAGE}.UserTrait`, (fields) => {
      userTrait(fields, user, profile);
    });
  } else if (trait === 'group') {
    any(to, 4, `${PACKAGE}.GroupTrait`, (fields) => {
      struct(fields, 2, profile);
    });
  } else if (trait === 'role') {
    any(to, 4, `${PACKAGE}.RoleTrait`, (fields) => {
      struct(fields, 1, profile);
    });
  }
  if (rawId !== null) {
    any(to, 4, `${PACKAGE}.RawId`, (fields) => {
      text(fields, 1, rawId);
    });
  }
  struct(to, 9, profile);
  if (user !== null) {
    status(to, 11, user.status);
    timestamp(to, 12, user.createdAt);
  }
  return to.finish();
}

/**
 * @param resource the encoded resource of the entitlement
 * @param grantableTo the encoded resource types that may have a grant of it
 */
export function encodeEntitlement(
  { id, displayName, slug, purpose }: C1zEntitlement,
  resource: Uint8Array,
  grantableTo: readonly Uint8Array[],
): Uint8Array {
  const to = new BinaryWriter();
  encoded(to, 1, resource);
  text(to, 2, id);
  text(to, 3, displayName);
  for (const type of grantableTo) encoded(to, 5, type);
  enumeration(to, 7, PURPOSES[purpose]);
  text(to, 8, slug);
  return to.finish();
}

/** The entitlement inside a grant: the id, and the id of the resource. The same for all grants of an entitlement. */
export function encodeGrantedEntitlement({ id, resource }: C1zEntitlement): Uint8Array {
  const to = new BinaryWriter();
  message(to, 1, (entitlement) => {
    message(entitlement, 1, (key) => {
      resourceId(key, resource);
    });
  });
  text(to, 2, id);
  return to.finish();
}

/**
 * @param entitlement see encodeGrantedEntitlement
 * @param to a writer that can be used again, which avoids a million allocations
 */
export function encodeGrant(grant: C1zGrant, entitlement: Uint8Array, to = new BinaryWriter()): Uint8Array {
  const { id, principal, expandsTo, through, metadata } = grant;
  encoded(to, 1, entitlement);
  message(to, 2, (who) => {
    message(who, 1, (key) => {
      resourceId(key, principal);
    });
  });
  text(to, 3, id);
  if (expandsTo !== null) {
    any(to, 4, `${PACKAGE}.GrantExpandable`, (fields) => {
      for (const entitlementId of expandsTo.entitlementIds) text(fields, 1, entitlementId);
      for (const type of expandsTo.resourceTypes) text(fields, 3, type);
    });
  }
  if (Object.keys(metadata).length > 0) {
    any(to, 4, `${PACKAGE}.GrantMetadata`, (fields) => {
      struct(fields, 1, metadata);
    });
  }
  if (through.length > 0) {
    message(to, 5, (sources) => {
      for (const source of through.toSorted(byBytes)) entry(sources, 1, source, () => undefined);
    });
  }
  return to.finish();
}

function resourceId(to: BinaryWriter, { type, id }: ResourceKey): void {
  text(to, 1, type);
  text(to, 2, id);
}

function userTrait(to: BinaryWriter, user: C1zUser, profile: Profile): void {
  const { email, givenName, familyName } = user;
  if (email !== null) {
    message(to, 1, (address) => {
      text(address, 1, email);
      flag(address, 2, true);
    });
  }
  status(to, 2, user.status);
  struct(to, 3, profile);
  enumeration(to, 5, HUMAN);
  text(to, 6, user.login);
  for (const alias of user.loginAliases) text(to, 7, alias);
  timestamp(to, 8, user.createdAt);
  timestamp(to, 9, user.lastLoginAt);
  if (givenName !== null || familyName !== null) {
    message(to, 12, (name) => {
      text(name, 1, givenName);
      text(name, 2, familyName);
    });
  }
}

function status(to: BinaryWriter, field: number, { state, details }: Status): void {
  message(to, field, (fields) => {
    enumeration(fields, 1, STATES[state]);
    text(fields, 2, details);
  });
}
