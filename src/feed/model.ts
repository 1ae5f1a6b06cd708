/**
 * The feed's model of a workspace, in the terms of governance tools: accounts, groups, roles and resources, the
 * entitlements that they offer, and the grants of those. Every format is made from this model.
 *
 * The form of ids never changes. An account and a group have the directory's id, a resource has Mode's token. An entitlement
 * is `{resource type}:{resource id}:{slug}`, a grant is `{entitlement id}:{principal type}:{principal id}`.
 */
import type { MemberState } from '../provisioning/model/observed.ts';

export type ResourceType = 'group' | 'role' | 'collection' | 'data_source';

/** The delivery of a subject, and the reason as a sentence. */
export interface Delivery {
  readonly state: string;
  readonly reason: string | null;
}

/** A person: their state on Mode, and what the IdP wants. */
export interface Account {
  readonly id: string;
  /** From Mode, else from the IdP. The same applies to `name`. */
  readonly email: string | null;
  readonly name: string | null;
  /** The parts of the name, if the IdP sent them. */
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** As the IdP sent it; null for a user that the IdP has deleted. */
  readonly userName: string | null;
  readonly externalId: string | null;
  readonly modeUsername: string | null;
  /** The token of the account on Mode; null while there is none, e.g. before an invite is accepted. */
  readonly memberToken: string | null;
  /** The state on Mode; `absent`: there is no account. */
  readonly state: MemberState | 'absent';
  /** Workspace admin on Mode. */
  readonly admin: boolean;
  /** Whether an IdP has pushed the user; false for an unmanaged member of Mode. */
  readonly owned: boolean;
  /** Managed by Mode's own SCIM. */
  readonly managedByScim: boolean;
  /** What the IdP wants; null if the IdP does not have the user (any more). `admin` is null if it has never sent a role. */
  readonly wanted: { readonly active: boolean; readonly admin: boolean | null } | null;
  readonly delivery: Delivery | null;
  /** Milliseconds since the epoch; null while it is not known. */
  readonly activatedAt: number | null;
  readonly lastActiveAt: number | null;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly owned: boolean;
  readonly externalId: string | null;
  /** The token of the Mode group; null while there is none. */
  readonly modeToken: string | null;
  /** The number of members on Mode. */
  readonly memberCount: number;
  readonly delivery: Delivery | null;
}

export interface Role {
  readonly id: string;
  readonly name: string;
}

/** A collection or a data source of Mode; known only if permissions are read. */
export interface Resource {
  readonly type: 'collection' | 'data_source';
  /** Mode's token. */
  readonly id: string;
  readonly name: string;
  /** What everyone in the workspace may do with it without a grant; null: nothing, or not known. */
  readonly defaultAccess: string | null;
}

export interface Entitlement {
  readonly id: string;
  readonly resourceType: ResourceType;
  readonly resourceId: string;
  readonly slug: string;
  /** The display name, e.g. `Member of Analysts`. */
  readonly name: string;
  /** `assignment`: a membership or a role. `permission`: an access level. */
  readonly purpose: 'assignment' | 'permission';
}

export interface Principal {
  readonly type: 'account' | 'group';
  readonly id: string;
}

/**
 * `direct`: granted to the principal itself. `outside_idp`: the grant is on Mode, and the IdP does not want it. A group: the
 * account has the grant as a member of that group.
 */
export type GrantSource = 'direct' | 'outside_idp' | { readonly group: string };

export interface Grant {
  readonly id: string;
  readonly entitlementId: string;
  readonly principal: Principal;
  /** Whether the IdP wants the grant; null if an IdP cannot decide it, as for permissions. */
  readonly wanted: boolean | null;
  /** Whether Mode has the grant. */
  readonly observed: boolean;
  readonly source: GrantSource;
}

/** The kinds of items in the feed, and their types. */
export interface FeedKinds {
  readonly accounts: Account;
  readonly groups: Group;
  readonly roles: Role;
  readonly resources: Resource;
  readonly entitlements: Entitlement;
  readonly grants: Grant;
}
export type FeedKind = keyof FeedKinds;

/** In dependency order: items refer only to items of earlier kinds. */
export const FEED_KINDS = [
  'accounts',
  'groups',
  'roles',
  'resources',
  'entitlements',
  'grants',
] as const satisfies readonly FeedKind[];

export const ADMIN_ROLE: Role = { id: 'admin', name: 'Admin' };

/** The entitlements of each resource type. The levels of a permission are ordered: each level includes those before it. */
export const SLUGS: Readonly<Record<ResourceType, readonly string[]>> = {
  group: ['member'],
  role: ['assigned'],
  collection: ['view', 'edit'],
  data_source: ['view', 'query', 'manage'],
};

export function entitlementId(resourceType: ResourceType, resourceId: string, slug: string): string {
  return `${resourceType}:${resourceId}:${slug}`;
}

export function grantId(entitlement: string, { type, id }: Principal): string {
  return `${entitlement}:${type}:${id}`;
}
