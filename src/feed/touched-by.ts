/** What changes were about: pure. The state of that, not the change itself, says what a reader has to do. */
import type { Attributes, Json } from '../directory/attributes.ts';
import type { Change } from '../directory/change.ts';
import type { GrantKey, Touched } from './feed-store.ts';
import { entitlementId, grantId, type Resource } from './model.ts';

/** Groups in one answer all of whose members are told. */
export const MAX_WHOLE_GROUPS = 10;

export function touchedBy(changes: readonly Change[]): Touched {
  const accounts = new Set<string>();
  const groups = new Set<string>();
  const wholeGroups = new Set<string>();
  const holders = new Map<string, Touched['holders'][number]>();
  const memberships = new Map<string, Touched['memberships'][number]>();
  const resources = new Map<string, Touched['resources'][number]>();
  const permissions = new Map<string, GrantKey>();
  const modeGroups: Touched['modeGroups'][number][] = [];
  for (const { kind, subject, data } of changes) {
    if (kind === 'mode.resource_changed') {
      const resource = resourceOf(data);
      resources.set(`${resource.type}:${resource.id}`, resource);
      continue;
    }
    // Of what the directory does not know, nothing is told.
    if (subject === null) continue;
    const { id } = subject;
    const { userId, memberToken, groupToken } = data;
    if (kind === 'mode.permission_added' || kind === 'mode.permission_removed') {
      const { type, id: resource } = resourceOf(data);
      const entitlement = entitlementId(type, resource, textOf(data['action']));
      const principal = { type: subject.kind === 'user' ? 'account' : 'group', id } as const;
      permissions.set(grantId(entitlement, principal), { entitlementId: entitlement, principal });
      continue;
    }
    if (subject.kind === 'user') {
      accounts.add(id);
      if (kind !== 'delivery.changed') {
        const token = typeof memberToken === 'string' ? memberToken : null;
        holders.set(`${id} ${token ?? ''}`, { userId: id, memberToken: token });
      }
    } else if (typeof userId === 'string') {
      memberships.set(`${id} ${userId}`, { groupId: id, userId });
    } else if (typeof memberToken === 'string') {
      memberships.set(`${id} token ${memberToken}`, { groupId: id, memberToken });
    } else {
      groups.add(id);
      if (kind !== 'group.created' && kind !== 'delivery.changed') wholeGroups.add(id);
      if (typeof groupToken === 'string') modeGroups.push({ groupId: id, groupToken });
    }
  }
  return {
    accounts,
    groups,
    holders: [...holders.values()],
    wholeGroups,
    memberships: [...memberships.values()],
    resources: [...resources.values()],
    permissions: [...permissions.values()],
    modeGroups,
  };
}

function resourceOf({ resourceType, resourceId }: Attributes): Pick<Resource, 'type' | 'id'> {
  return {
    type: resourceType === 'data_source' ? 'data_source' : 'collection',
    id: textOf(resourceId),
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
