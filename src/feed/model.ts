/**
 * What the feed tells of a workspace, in the words of governance tools: accounts, groups, roles and resources; the
 * entitlements that each of those offers; and who holds them. Every form in which the feed is read is made from this.
 *
 * Ids never change form. An account and a group have the directory's id, a resource has Mode's token; an entitlement
 * is `{resource type}:{resource id}:{slug}`, a grant `{entitlement id}:{principal type}:{principal id}`.
 */
import type { MemberState } from '../provisioning/model/observed.ts';

export type ResourceType = 'group' | 'role' | 'collection' | 'data_source';

/** How far the bridge is with a subject, and why in a sentence. */
export interface Delivery {
  readonly state: string;
  readonly reason: string | null;
}

/** A person: what Mode has of them, beside what the IdP wants. */
export interface Account {
  readonly id: string;
  /** As Mode has it, else as the IdP wants it; the same of `name`. */
  readonly email: string | null;
  readonly name: string | null;
  /** The parts of the name, where the IdP sent them. */
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** As the IdP sent it; null for a person whom the IdP has deleted. */
  readonly userName: string | null;
  readonly externalId: string | null;
  readonly modeUsername: string | null;
  /** The token of the account on Mode; null while there is none, as before an invite is accepted. */
  readonly memberToken: string | null;
  /** On Mode; `absent`: Mode does not have them. */
  readonly state: MemberState | 'absent';
  /** Workspace admin on Mode. */
  readonly admin: boolean;
  /** Pushed by an IdP; false for a member of Mode whom nobody has pushed. */
  readonly owned: boolean;
  /** Belongs to Mode's own SCIM. */
  readonly managedByScim: boolean;
  /** What the IdP wants; null when it says nothing of them (any more). `admin` null: it has never named a role. */
  readonly wanted: { readonly active: boolean; readonly admin: boolean | null } | null;
  readonly delivery: Delivery | null;
  /** Milliseconds since the epoch; null while Mode has not told. */
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
  /** Members that Mode has. */
  readonly memberCount: number;
  readonly delivery: Delivery | null;
}

export interface Role {
  readonly id: string;
  readonly name: string;
}

/** A collection or a data source of Mode; known only where permissions are read. */
export interface Resource {
  readonly type: 'collection' | 'data_source';
  /** Mode's token. */
  readonly id: string;
  readonly name: string;
  /** What everybody in the workspace may do with it, without any grant; null: nothing, or Mode does not say. */
  readonly defaultAccess: string | null;
}

export interface Entitlement {
  readonly id: string;
  readonly resourceType: ResourceType;
  readonly resourceId: string;
  readonly slug: string;
  /** For people, e.g. `Member of Analysts`. */
  readonly name: string;
  /** `assignment`: one is in it. `permission`: one may do it. */
  readonly purpose: 'assignment' | 'permission';
}

export interface Principal {
  readonly type: 'account' | 'group';
  readonly id: string;
}

/**
 * `direct`: the principal itself was given it. `outside_idp`: Mode has it, and the IdP does not want it. With a group:
 * the account has it as a member of that group.
 */
export type GrantSource = 'direct' | 'outside_idp' | { readonly group: string };

export interface Grant {
  readonly id: string;
  readonly entitlementId: string;
  readonly principal: Principal;
  /** The IdP wants it; null where an IdP has no say, as about permissions. */
  readonly wanted: boolean | null;
  /** Mode has it. */
  readonly observed: boolean;
  readonly source: GrantSource;
}

/** What can be listed, and what one of it is. */
export interface FeedKinds {
  readonly accounts: Account;
  readonly groups: Group;
  readonly roles: Role;
  readonly resources: Resource;
  readonly entitlements: Entitlement;
  readonly grants: Grant;
}
export type FeedKind = keyof FeedKinds;

/** In the order in which a reader needs them: nothing refers to what comes later. */
export const FEED_KINDS = [
  'accounts',
  'groups',
  'roles',
  'resources',
  'entitlements',
  'grants',
] as const satisfies readonly FeedKind[];

export const ADMIN_ROLE: Role = { id: 'admin', name: 'Admin' };

/** What can be held of a resource. The levels of a permission are ordered: who has a later one can do all before it. */
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
