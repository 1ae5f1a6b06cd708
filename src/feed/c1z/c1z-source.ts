/**
 * What goes into a c1z file, in the words of ConductorOne's connectors: resource types, resources, the entitlements
 * that those offer, and who was granted them. A source is read once, in that order, a batch at a time, so that the
 * writer holds no more of it than a batch.
 */

/** `null`: of a kind that readers have no word for. */
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

/** What else is to be told of a resource; what is null is left out. */
export type Profile = Readonly<Record<string, string | number | boolean | null>>;

/** `details` says the same in the source's own word. */
export interface Status {
  readonly state: 'enabled' | 'disabled' | 'deleted';
  readonly details: string;
}

/** Of a resource whose type has the trait `user`. Times are milliseconds since the epoch. */
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
  /** Its id in the system that it is of; null where that has none (yet). */
  readonly rawId: string | null;
  readonly profile: Profile;
  readonly user: C1zUser | null;
}

export interface C1zEntitlement {
  readonly id: string;
  /** One of the resources told before. */
  readonly resource: ResourceKey;
  readonly displayName: string;
  readonly slug: string;
  readonly purpose: 'assignment' | 'permission';
  /** Ids of the types of resources that may hold it. */
  readonly grantableTo: readonly string[];
}

export interface C1zGrant {
  readonly id: string;
  /** One of the entitlements told before. */
  readonly entitlementId: string;
  /** One of the resources told before. */
  readonly principal: ResourceKey;
  /** Whoever holds one of these entitlements holds this one through the principal. */
  readonly expandsTo: {
    readonly entitlementIds: readonly string[];
    readonly resourceTypes: readonly string[];
  } | null;
  /** Ids of the entitlements through which the principal has it; none when it has it by itself. */
  readonly through: readonly string[];
  readonly metadata: Profile;
}

export interface C1zSource {
  /** When the state was so. Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly resourceTypes: readonly C1zResourceType[];
  resources(): AsyncIterable<readonly C1zResource[]>;
  entitlements(): AsyncIterable<readonly C1zEntitlement[]>;
  grants(): AsyncIterable<readonly C1zGrant[]>;
}
