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
} from '../../../provisioning/model/permission.ts';
import { readInParallel } from '../../../provisioning/observe/read-in-parallel.ts';
import { fieldsOf, isDeleted, linkOf, onlyListOf, textOf } from '../mode-json.ts';
import type { ModeApi } from '../mode-api.ts';
import { readPages } from '../client/read-pages.ts';
import { unlessRefused } from './unless-refused.ts';

/** Who may hold a permission: Mode's word for the kind of accessor, and the link that leads to one. */
const ACCESSORS: Readonly<Record<string, Accessor['kind']>> = {
  account: 'account',
  user: 'account',
  usergroup: 'group',
  user_group: 'group',
  group: 'group',
};

/** What permissions are sent with, what Mode's neighbouring lists have, and what the retired grants had. */
const HOLDERS = ['accessor', 'member', 'grantee'] as const;

/** @throws TargetError when the resources cannot be listed, or Mode as a whole fails */
export async function readPermissions(api: ModeApi, kind: ResourceKind): Promise<ReadPermissions> {
  const base = `/api/${api.workspace}/${kind === 'collection' ? 'spaces' : 'data_sources'}`;
  const rows = kind === 'collection' ? await spaces(api, base) : await dataSources(api, base);
  const resources = [...new Map(rows.flatMap(resourceOf).map((one) => [one.token, one])).values()];
  const permissions = new Map<string, ObservedPermission>();
  const unread = new Set<string>();
  let notUnderstood = 0;
  await readInParallel(resources, async ({ token }) => {
    const rows = await permissionRows(api, `${base}/${encodeURIComponent(token)}/permissions`);
    const found = rows?.map((row) => permissionOf(row, token));
    const missed = found?.filter((one) => one === undefined).length ?? 0;
    notUnderstood += missed;
    // A row that is not understood may be any permission that was known: none of this resource is taken away.
    if (found === undefined || missed > 0) unread.add(token);
    for (const one of found ?? []) if (one !== undefined) permissions.set(permissionKey(one), one);
  });
  return { resources, permissions: [...permissions.values()], unread, notUnderstood };
}

/** Without the filter, only the caller's own ones are listed. */
async function spaces(api: ModeApi, base: string): Promise<readonly unknown[]> {
  const rows = await readPages(api, { path: `${base}?filter=all`, key: 'spaces', what: 'collections' });
  return rows.filter((row) => textOf(fieldsOf(row)['space_type']) !== 'private' && !isDeleted(row));
}

/** Never in pages. */
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

/** undefined: this resource keeps them from the bridge's key, or was deleted meanwhile. @throws TargetError */
async function permissionRows(api: ModeApi, path: string): Promise<readonly unknown[] | undefined> {
  const body = await unlessRefused(api.get(path));
  return body === undefined ? undefined : onlyListOf(`GET ${path}`, body);
}

/** undefined: the row does not say what is allowed, or to whom, in words that are known. */
function permissionOf(row: unknown, resourceToken: string): ObservedPermission | undefined {
  const action = textOf(fieldsOf(row)['action']);
  const accessor = accessorOf(row);
  return action === null || accessor === undefined ? undefined : { resourceToken, action, accessor };
}

/**
 * By type and token, under any of the names that Mode uses for a holder; where Mode gives only a link, that of a group
 * has the token in it.
 */
function accessorOf(row: unknown): Accessor | undefined {
  const fields = fieldsOf(row);
  for (const holder of HOLDERS) {
    const token = textOf(fields[`${holder}_token`]);
    const type = textOf(fields[`${holder}_type`]);
    if (token === null) continue;
    // A row of a group's members names the account by its token alone.
    const kind = type === null && holder === 'member' ? 'account' : ACCESSORS[(type ?? '').toLowerCase()];
    if (kind !== undefined) return { kind, token };
  }
  const group = /\/groups\/([A-Za-z0-9_-]+)$/.exec(
    linkOf(row, 'accessor') ?? linkOf(row, 'user_group') ?? '',
  );
  return group?.[1] === undefined ? undefined : { kind: 'group', token: group[1] };
}
