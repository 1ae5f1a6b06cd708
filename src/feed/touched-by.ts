/** Collects the objects that changes were about. Pure. Readers apply the state of these objects, not the changes. */
import type { FeedChange } from './feed-change.ts';
import type { GrantKey, Touched } from './feed-store.ts';
import { entitlementId, grantId, type Resource } from './model.ts';

/** The maximum number of groups in one response for which all members are returned. */
export const MAX_WHOLE_GROUPS = 10;

export function touchedBy(changes: readonly FeedChange[]): Touched {
  const accounts = new Set<string>();
  const groups = new Set<string>();
  const wholeGroups = new Set<string>();
  const holders = new Map<string, Touched['holders'][number]>();
  const memberships = new Map<string, Touched['memberships'][number]>();
  const resources = new Map<string, Touched['resources'][number]>();
  const permissions = new Map<string, GrantKey>();
  const modeGroups: Touched['modeGroups'][number][] = [];
  const account = (id: string, memberToken: string | null) => {
    accounts.add(id);
    holders.set(`${id} ${memberToken ?? ''}`, { userId: id, memberToken });
  };
  const member = (groupId: string, key: string, memberId: { userId: string } | { memberToken: string }) => {
    memberships.set(`${groupId} ${key}`, { groupId, ...memberId });
  };
  const modeGroup = (id: string, groupToken: string | null) => {
    groups.add(id);
    wholeGroups.add(id);
    if (groupToken !== null) modeGroups.push({ groupId: id, groupToken });
  };

  for (const change of changes) {
    if (change.kind === 'mode.resource_changed') {
      const resource = resourceOf(change.data);
      resources.set(`${resource.type}:${resource.id}`, resource);
      continue;
    }
    const { subject } = change;
    // The feed contains only users and groups of the directory.
    if (subject === null) continue;
    const { id } = subject;
    switch (change.kind) {
      case 'user.created':
      case 'user.updated':
      case 'user.deleted':
        account(id, null);
        break;
      case 'group.created':
        groups.add(id);
        break;
      case 'group.updated':
      case 'group.deleted':
        modeGroup(id, null);
        break;
      case 'group.member_added':
      case 'group.member_removed':
        member(id, change.data.userId, { userId: change.data.userId });
        break;
      case 'mode.linked':
        if ('memberToken' in change.data) account(id, change.data.memberToken);
        else modeGroup(id, change.data.groupToken);
        break;
      case 'mode.member_changed':
        account(id, change.data.memberToken);
        break;
      case 'mode.group_changed':
        modeGroup(id, change.data.groupToken);
        break;
      case 'mode.group_member_added':
      case 'mode.group_member_removed': {
        const { memberToken } = change.data;
        member(id, `token ${memberToken}`, { memberToken });
        break;
      }
      case 'mode.permission_added':
      case 'mode.permission_removed': {
        const { type, id: resource } = resourceOf(change.data);
        const entitlement = entitlementId(type, resource, change.data.action);
        const principal = { type: subject.kind === 'user' ? 'account' : 'group', id } as const;
        permissions.set(grantId(entitlement, principal), { entitlementId: entitlement, principal });
        break;
      }
      case 'delivery.changed':
        (subject.kind === 'user' ? accounts : groups).add(id);
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

function resourceOf({
  resourceType,
  resourceId,
}: {
  readonly resourceType: string;
  readonly resourceId: string;
}): Pick<Resource, 'type' | 'id'> {
  return { type: resourceType === 'data_source' ? 'data_source' : 'collection', id: resourceId };
}
