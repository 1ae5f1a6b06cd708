/**
 * Converts a snapshot of the feed to the content of a c1z file. Reviews need the actual state, so a grant that the IdP wants
 * and Mode does not have is not included. The profile of the account shows what the IdP wants.
 */
import { effectiveGrants } from '../encoders/effective-grants.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { Entitlement, Grant, ResourceType, Role } from '../model.ts';
import { entitlementId } from '../model.ts';
import { accountResource, nameOf } from './account-resource.ts';
import type { C1zEntitlement, C1zGrant, C1zResource, C1zResourceType, C1zSource } from './c1z-source.ts';

const RESOURCE_TYPES: readonly C1zResourceType[] = [
  { id: 'account', displayName: 'Account', description: 'A person in the Mode workspace', trait: 'user' },
  { id: 'group', displayName: 'Group', description: 'A group of the Mode workspace', trait: 'group' },
  {
    id: 'role',
    displayName: 'Role',
    description: 'What a member may do in the whole workspace',
    trait: 'role',
  },
  { id: 'collection', displayName: 'Collection', description: 'A collection of reports', trait: null },
  { id: 'data_source', displayName: 'Data source', description: 'A connection to a database', trait: null },
];

const HOLDERS: Readonly<Record<ResourceType, readonly string[]>> = {
  group: ['account'],
  role: ['account'],
  collection: ['account', 'group'],
  data_source: ['account', 'group'],
};

export function snapshotSource(snapshot: FeedSnapshot): C1zSource {
  return {
    takenAt: snapshot.takenAt,
    resourceTypes: RESOURCE_TYPES,
    resources: () => resources(snapshot),
    entitlements: async function* () {
      for await (const batch of snapshot.all('entitlements')) yield batch.map(entitlementOf);
    },
    grants: () => grants(snapshot),
  };
}

async function* resources(snapshot: FeedSnapshot): AsyncGenerator<readonly C1zResource[]> {
  for await (const batch of snapshot.all('accounts')) yield batch.map(accountResource);
  for await (const batch of snapshot.all('groups')) {
    yield batch.map(({ id, name, owned, externalId, modeToken }) => {
      const profile = { owned_by_idp: owned, external_id: externalId, mode_token: modeToken };
      return { type: 'group', id, displayName: nameOf(id, name), rawId: modeToken, profile, user: null };
    });
  }
  for await (const batch of snapshot.all('roles')) yield batch.map(roleResource);
  for await (const batch of snapshot.all('resources')) {
    yield batch.map(({ type, id, name, defaultAccess }) => {
      const profile = { default_access: defaultAccess };
      return { type, id, displayName: nameOf(id, name), rawId: id, profile, user: null };
    });
  }
}

/** A finished sync has both the grants of groups and the resulting grants of their members. */
async function* grants(snapshot: FeedSnapshot): AsyncGenerator<readonly C1zGrant[]> {
  for await (const batch of effectiveGrants(snapshot)) {
    yield batch.filter(({ observed }) => observed).map(grantOf);
  }
  if (snapshot.counts.resources === 0) return;
  for await (const batch of snapshot.all('grants')) {
    yield batch.filter(({ observed, principal }) => observed && principal.type === 'group').map(grantOf);
  }
}

function roleResource({ id, name }: Role): C1zResource {
  return { type: 'role', id, displayName: nameOf(id, name), rawId: id, profile: {}, user: null };
}

function entitlementOf({ id, resourceType, resourceId, slug, name, purpose }: Entitlement): C1zEntitlement {
  const resource = { type: resourceType, id: resourceId };
  return { id, resource, displayName: nameOf(id, name), slug, purpose, grantableTo: HOLDERS[resourceType] };
}

function grantOf({ id, entitlementId: entitlement, principal, source }: Grant): C1zGrant {
  const members = { entitlementIds: [memberOf(principal.id)], resourceTypes: ['account'] };
  return {
    id,
    entitlementId: entitlement,
    principal,
    expandsTo: principal.type === 'group' ? members : null,
    through: typeof source === 'object' ? [memberOf(source.group)] : [],
    metadata: source === 'outside_idp' ? { source } : {},
  };
}

function memberOf(group: string): string {
  return entitlementId('group', group, 'member');
}
