/**
 * Reads the collections or data sources of the workspace and their permissions, with one call per resource. Private
 * collections are left out, because Mode shows them only to their owners.
 */
import {
  permissionKey,
  type Accessor,
  type ObservedPermission,
  type ObservedResource,
  type ReadPermissions,
  type ResourceKind,
} from '../../../provisioning/model/permission.ts';
import { readInParallel } from '../../../provisioning/observe/read-in-parallel.ts';
import { fieldsOf, isDeleted, linkOf, onlyListOf, textOf } from '../mode-json.ts';
import type { ModeApi } from '../mode-api.ts';
import { readPages } from '../client/read-pages.ts';
import { unlessRefused } from './unless-refused.ts';

/** Mode's types of permission holders. */
const ACCESSORS: Readonly<Record<string, Accessor['kind']>> = {
  account: 'account',
  user: 'account',
  usergroup: 'group',
  user_group: 'group',
  group: 'group',
};

/** Prefixes of the holder's fields: in writes of permissions, in related lists, and in the retired grants. */
const HOLDERS = ['accessor', 'member', 'grantee'] as const;

/** @throws TargetError when the resources cannot be listed or Mode is unavailable */
export async function readPermissions(api: ModeApi, kind: ResourceKind): Promise<ReadPermissions> {
  const base = `/api/${api.workspace}/${kind === 'collection' ? 'spaces' : 'data_sources'}`;
  const rows = kind === 'collection' ? await spaces(api, base) : await dataSources(api, base);
  const resources = [
    ...new Map(rows.flatMap(resourceOf).map((resource) => [resource.token, resource])).values(),
  ];
  const permissions = new Map<string, ObservedPermission>();
  const unread = new Set<string>();
  let notUnderstood = 0;
  await readInParallel(resources, async ({ token }) => {
    const rows = await permissionRows(api, `${base}/${encodeURIComponent(token)}/permissions`);
    const found = rows?.map((row) => permissionOf(row, token));
    const missed = found?.filter((permission) => permission === undefined).length ?? 0;
    notUnderstood += missed;
    // A row that is not understood may be any known permission, so no permission of this resource is removed.
    if (found === undefined || missed > 0) unread.add(token);
    for (const permission of found ?? [])
      if (permission !== undefined) permissions.set(permissionKey(permission), permission);
  });
  return { resources, permissions: [...permissions.values()], unread, notUnderstood };
}

/** Without `filter=all`, Mode lists only the caller's collections. */
async function spaces(api: ModeApi, base: string): Promise<readonly unknown[]> {
  const rows = await readPages(api, { path: `${base}?filter=all`, key: 'spaces', what: 'collections' });
  return rows.filter((row) => textOf(fieldsOf(row)['space_type']) !== 'private' && !isDeleted(row));
}

/** This list has no pages. */
async function dataSources(api: ModeApi, base: string): Promise<readonly unknown[]> {
  return onlyListOf('GET the data sources', await api.get(base)).filter((row) => !isDeleted(row));
}

function resourceOf(row: unknown): readonly ObservedResource[] {
  const fields = fieldsOf(row);
  const token = textOf(fields['token']);
  if (token === null) return [];
  const access = textOf(fields['default_access_level']);
  const defaultAccess = access === null || /^(none|restricted)$/i.test(access) ? null : access;
  return [{ token, name: textOf(fields['name']) ?? token, defaultAccess }];
}

/** @returns undefined when the key cannot read them or the resource was deleted in the meantime @throws TargetError */
async function permissionRows(api: ModeApi, path: string): Promise<readonly unknown[] | undefined> {
  const body = await unlessRefused(api.get(path));
  return body === undefined ? undefined : onlyListOf(`GET ${path}`, body);
}

/** @returns undefined when the action or the holder is missing or unknown */
function permissionOf(row: unknown, resourceToken: string): ObservedPermission | undefined {
  const action = textOf(fieldsOf(row)['action']);
  const accessor = accessorOf(row);
  return action === null || accessor === undefined ? undefined : { resourceToken, action, accessor };
}

/**
 * Finds the holder by type and token, under any of Mode's field names. When there is only a link, the link to a group
 * contains its token.
 */
function accessorOf(row: unknown): Accessor | undefined {
  const fields = fieldsOf(row);
  for (const holder of HOLDERS) {
    const token = textOf(fields[`${holder}_token`]);
    const type = textOf(fields[`${holder}_type`]);
    if (token === null) continue;
    // A row of a group's members has only the token of the account, without a type.
    const kind = type === null && holder === 'member' ? 'account' : ACCESSORS[(type ?? '').toLowerCase()];
    if (kind !== undefined) return { kind, token };
  }
  const group = /\/groups\/([A-Za-z0-9_-]+)$/.exec(
    linkOf(row, 'accessor') ?? linkOf(row, 'user_group') ?? '',
  );
  return group?.[1] === undefined ? undefined : { kind: 'group', token: group[1] };
}
