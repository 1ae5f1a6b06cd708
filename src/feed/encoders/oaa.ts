/**
 * A custom application for Veza: the JSON of its Open Authorization API, pushed as a whole each time. It contains only access
 * that Mode has. The access of a group is listed for the group, and Veza expands it to the members.
 *
 * Every identity has an `id`, and references use it, so names need not be unique. Veza compares ids without regard to
 * case, and reads a dot in the id of a resource as a path. Our ids have neither capitals nor dots.
 */
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { Account, Entitlement, Group, Principal, Resource, Role } from '../model.ts';
import { instant } from '../wire.ts';
import { firstName } from './first-name.ts';
import { readHoldings, type Holdings } from './oaa-holdings.ts';
import {
  ALL_PERMISSIONS,
  APPLICATION_TYPE,
  permissionName,
  PROPERTY_DEFINITIONS,
  ROLE_PERMISSIONS,
} from './oaa-vocabulary.ts';

/** The maximum size of one push to Veza, compressed or not. */
const MAX_PUSH_BYTES = 100_000_000;

function advice(bytes: number): string | null {
  if (bytes <= MAX_PUSH_BYTES) return null;
  return (
    `The document has ${bytes} bytes, and Veza accepts at most ${MAX_PUSH_BYTES} in one push. ` +
    'Compress it ("compression_type": "GZIP", with "json_data" compressed and in base64).'
  );
}

async function* encode(snapshot: FeedSnapshot): AsyncGenerator<string> {
  const holdings = await readHoldings(snapshot);
  const name = `Mode ${snapshot.workspace}`;
  yield `{"custom_property_definition":${JSON.stringify({ applications: [PROPERTY_DEFINITIONS] })}`;
  yield `,"applications":[{"name":${JSON.stringify(name)},"application_type":"${APPLICATION_TYPE}"`;
  yield `,"description":${JSON.stringify(`The Mode workspace ${snapshot.workspace}`)},"local_users":`;
  yield* list(snapshot.all('accounts'), (account) => userOf(account, holdings));
  yield ',"local_groups":';
  yield* list(snapshot.all('groups'), groupOf);
  yield ',"local_roles":';
  yield* list(snapshot.all('roles'), roleOf);
  yield ',"resources":';
  yield* list(snapshot.all('resources'), resourceOf);
  const properties = { snapshot: snapshot.id, taken_at: instant(snapshot.takenAt) };
  yield `,"custom_properties":${JSON.stringify(properties)}}]`;
  yield `,"permissions":${JSON.stringify(ALL_PERMISSIONS)}`;
  yield ',"identity_to_permissions":';
  yield* list(holders(snapshot), (principal) => accessOf(principal, holdings(principal), name));
  yield '}\n';
}

function userOf(account: Account, holdings: Holdings) {
  const { id, name, email, userName, state, owned, wanted, managedByScim } = account;
  const groups: string[] = [];
  for (const { resourceType, resourceId } of holdings({ type: 'account', id })) {
    if (resourceType === 'group') groups.push(resourceId);
  }
  return {
    id,
    name: firstName(id, name, email, userName),
    email: email ?? undefined,
    // Veza finds the person of the IdP by this.
    identities: email === null ? [] : [email],
    groups,
    is_active: state === 'active',
    created_at: account.activatedAt === null ? undefined : instant(account.activatedAt),
    last_login_at: account.lastActiveAt === null ? undefined : instant(account.lastActiveAt),
    custom_properties: {
      mode_state: state,
      owned_by_idp: owned,
      wanted_by_idp: wanted?.active ?? false,
      managed_by_mode_scim: managedByScim,
    },
  };
}

function groupOf({ id, name, owned }: Group) {
  return { id, name: firstName(id, name), custom_properties: { owned_by_idp: owned } };
}

function roleOf({ id, name }: Role) {
  return { id, name, permissions: ROLE_PERMISSIONS };
}

function resourceOf({ type, id, name }: Resource) {
  return { id: resourceId(type, id), name: firstName(id, name), resource_type: type };
}

/** @returns undefined for a principal that has only memberships, which are properties of the user */
function accessOf({ type, id }: Principal, held: Iterable<Entitlement>, application: string) {
  const resources = new Map<string, string[]>();
  const roles: object[] = [];
  for (const { resourceType, resourceId: resource, slug } of held) {
    if (resourceType === 'role') {
      roles.push({ application, role: resource, apply_to_application: true, resources: [] });
    }
    const permission = permissionName(resourceType, slug);
    if (permission === undefined) continue;
    const known = resources.get(permission);
    if (known === undefined) resources.set(permission, [resourceId(resourceType, resource)]);
    else known.push(resourceId(resourceType, resource));
  }
  if (resources.size === 0 && roles.length === 0) return undefined;
  const permissions = Array.from(resources, ([permission, ids]) => {
    return { application, permission, resources: ids };
  });
  return {
    identity: id,
    identity_type: type === 'account' ? 'local_user' : 'local_group',
    ...(permissions.length > 0 && { application_permissions: permissions }),
    ...(roles.length > 0 && { role_assignments: roles }),
  };
}

async function* holders(snapshot: FeedSnapshot): AsyncGenerator<readonly Principal[]> {
  for await (const batch of snapshot.all('accounts')) yield batch.map(({ id }) => ({ type: 'account', id }));
  for await (const batch of snapshot.all('groups')) yield batch.map(({ id }) => ({ type: 'group', id }));
}

/** A JSON array, one batch at a time. Undefined elements are left out. */
async function* list<T>(
  batches: AsyncIterable<readonly T[]>,
  render: (item: T) => object | undefined,
): AsyncGenerator<string> {
  let separator = '[';
  for await (const batch of batches) {
    const items = batch.flatMap((item) => render(item) ?? []);
    if (items.length === 0) continue;
    yield separator + items.map((item) => JSON.stringify(item)).join(',');
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

function resourceId(type: Entitlement['resourceType'], id: string): string {
  return `${type}:${id}`;
}

export const oaa: FeedFormat = {
  name: 'oaa',
  ending: 'oaa.json',
  mediaType: 'application/json',
  advice,
  encode,
};
