/**
 * Reads the collections or the data sources of the workspace, and what each allows whom. One call a resource; private
 * collections are left out, since Mode tells nobody else of them.
 */
import {
  permissionKey,
  type Accessor,
  type ObservedPermission,
  type ObservedResource,
  type ReadPermissions,
  type ResourceKind,
} from '../../provisioning/permission.ts';
import { readInParallel } from '../../provisioning/read-in-parallel.ts';
import { fieldsOf, linkOf, onlyListOf, textOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';
import { readPages } from './read-pages.ts';
import { unlessRefused } from './unless-refused.ts';

/** Who may hold a permission: Mode's word for the kind of accessor, and the link that leads to one. */
const ACCESSORS: Readonly<Record<string, Accessor['kind']>> = {
  account: 'account',
  user: 'account',
  usergroup: 'group',
  user_group: 'group',
  group: 'group',
};

/** @throws TargetError when the resources cannot be listed, or Mode as a whole fails */
export async function readPermissions(api: ModeApi, kind: ResourceKind): Promise<ReadPermissions> {
  const base = `/api/${api.workspace}/${kind === 'collection' ? 'spaces' : 'data_sources'}`;
  const rows = kind === 'collection' ? await spaces(api, base) : await dataSources(api, base);
  const resources = [...new Map(rows.flatMap(resourceOf).map((one) => [one.token, one])).values()];
  const permissions = new Map<string, ObservedPermission>();
  const unread = new Set<string>();
  await readInParallel(resources, async ({ token }) => {
    const found = await permissionsOf(api, `${base}/${encodeURIComponent(token)}/permissions`, token);
    if (found === undefined) unread.add(token);
    for (const one of found ?? []) permissions.set(permissionKey(one), one);
  });
  return { resources, permissions: [...permissions.values()], unread };
}

/** Without the filter, only the caller's own ones are listed. */
async function spaces(api: ModeApi, base: string): Promise<readonly unknown[]> {
  const rows = await readPages(api, { path: `${base}?filter=all`, key: 'spaces', what: 'collections' });
  return rows.filter((row) => textOf(fieldsOf(row)['space_type']) !== 'private' && isThere(row));
}

/** Never in pages. */
async function dataSources(api: ModeApi, base: string): Promise<readonly unknown[]> {
  return onlyListOf('GET the data sources', await api.get(base)).filter(isThere);
}

function isThere(row: unknown): boolean {
  return !/delet/i.test(textOf(fieldsOf(row)['state']) ?? '');
}

function resourceOf(row: unknown): readonly ObservedResource[] {
  const fields = fieldsOf(row);
  const token = textOf(fields['token']);
  if (token === null) return [];
  const access = textOf(fields['default_access_level']);
  const defaultAccess = access === null || /^(none|restricted)$/i.test(access) ? null : access;
  return [{ token, name: textOf(fields['name']) ?? token, defaultAccess }];
}

/** undefined: this resource keeps them from the bridge's key, or was deleted meanwhile. @throws TargetError */
async function permissionsOf(
  api: ModeApi,
  path: string,
  resourceToken: string,
): Promise<readonly ObservedPermission[] | undefined> {
  const body = await unlessRefused(api.get(path));
  if (body === undefined) return undefined;
  return onlyListOf(`GET ${path}`, body).flatMap((row) => permissionOf(row, resourceToken));
}

/** What names nobody is nobody's permission. */
function permissionOf(row: unknown, resourceToken: string): readonly ObservedPermission[] {
  const fields = fieldsOf(row);
  const action = textOf(fields['action']);
  const accessor = accessorOf(row);
  return action === null || accessor === undefined ? [] : [{ resourceToken, action, accessor }];
}

/** By its type and token; where Mode gives only a link, that of a group has the token in it. */
function accessorOf(row: unknown): Accessor | undefined {
  const fields = fieldsOf(row);
  const kind = ACCESSORS[(textOf(fields['accessor_type']) ?? '').toLowerCase()];
  const token = textOf(fields['accessor_token']);
  if (kind !== undefined && token !== null) return { kind, token };
  const group = /\/groups\/([A-Za-z0-9_-]+)$/.exec(
    linkOf(row, 'accessor') ?? linkOf(row, 'user_group') ?? '',
  );
  return group?.[1] === undefined ? undefined : { kind: 'group', token: group[1] };
}
