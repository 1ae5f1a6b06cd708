/**
 * The content of a c1z file, in the terms of ConductorOne's connectors: resource types, resources, the entitlements that
 * they offer, and grants. A source is read once, in this order, one batch at a time, so that the writer holds only one
 * batch in memory.
 */

/** `null`: no trait. */
export type Trait = 'user' | 'group' | 'role' | null;

export interface C1zResourceType {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly trait: Trait;
}

export interface ResourceKey {
  readonly type: string;
  readonly id: string;
}

/** Additional attributes of a resource. Null values are left out. */
export type Profile = Readonly<Record<string, string | number | boolean | null>>;

/** `details` is the state in the terms of the source. */
export interface Status {
  readonly state: 'enabled' | 'disabled' | 'deleted';
  readonly details: string;
}

/** The user trait of a resource. Times are in milliseconds since the epoch. */
export interface C1zUser {
  readonly email: string | null;
  readonly login: string | null;
  readonly loginAliases: readonly string[];
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly status: Status;
  readonly createdAt: number | null;
  readonly lastLoginAt: number | null;
}

export interface C1zResource extends ResourceKey {
  readonly displayName: string;
  /** The id in the source system; null if it has none (yet). */
  readonly rawId: string | null;
  readonly profile: Profile;
  readonly user: C1zUser | null;
}

export interface C1zEntitlement {
  readonly id: string;
  /** A resource of this source. */
  readonly resource: ResourceKey;
  readonly displayName: string;
  readonly slug: string;
  readonly purpose: 'assignment' | 'permission';
  /** The ids of the resource types that may have a grant of it. */
  readonly grantableTo: readonly string[];
}

export interface C1zGrant {
  readonly id: string;
  /** An entitlement of this source. */
  readonly entitlementId: string;
  /** A resource of this source. */
  readonly principal: ResourceKey;
  /** Holders of one of these entitlements have this grant through the principal. */
  readonly expandsTo: {
    readonly entitlementIds: readonly string[];
    readonly resourceTypes: readonly string[];
  } | null;
  /** The ids of the entitlements through which the principal has the grant; empty for a direct grant. */
  readonly through: readonly string[];
  readonly metadata: Profile;
}

export interface C1zSource {
  /** The time of the state, in milliseconds since the epoch. */
  readonly takenAt: number;
  readonly resourceTypes: readonly C1zResourceType[];
  resources(): AsyncIterable<readonly C1zResource[]>;
  entitlements(): AsyncIterable<readonly C1zEntitlement[]>;
  grants(): AsyncIterable<readonly C1zGrant[]>;
}
