/**
 * The JSON for baton-file: users, resources, entitlements and grants, with names as keys. It contains only grants that
 * Mode has. A group with grants is a principal, which baton-file expands to its members.
 */
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { Account, FeedKind, FeedKinds, ResourceType } from '../model.ts';
import { nameParts } from './name-parts.ts';

/** The resource functions that ConductorOne knows. */
const FUNCTIONS: Readonly<Record<ResourceType, string>> = {
  group: 'group',
  role: 'role',
  collection: 'collection',
  data_source: 'data_source',
};

async function* encode(snapshot: FeedSnapshot): AsyncGenerator<string> {
  yield '{"users":';
  yield* list(snapshot, 'accounts', userOf);
  yield ',"resources":';
  yield* lists(snapshot);
  yield ',"entitlements":';
  yield* list(snapshot, 'entitlements', ({ resourceType, resourceId, slug, name }) => ({
    resource_name: `${resourceType}:${resourceId}`,
    entitlement: slug,
    display_name: name,
  }));
  yield ',"grants":';
  yield* list(snapshot, 'grants', ({ entitlementId, principal, observed }) =>
    observed
      ? {
          principal: principal.type === 'account' ? principal.id : `group:${principal.id}:member`,
          entitlement_id: entitlementId,
        }
      : undefined,
  );
  yield '}\n';
}

function userOf(account: Account) {
  const { id, name, email, userName, state, lastActiveAt, owned, externalId } = account;
  const { first, last } = nameParts(account);
  return {
    name: id,
    display_name: name ?? email ?? userName ?? id,
    ...(email === null ? {} : { email }),
    status: state === 'active' ? 'enabled' : 'disabled',
    type: 'human',
    ...(lastActiveAt === null ? {} : { last_login: monthDayYear(lastActiveAt) }),
    profile: {
      first_name: first,
      last_name: last,
      user_id: id,
      state,
      owned,
      user_name: userName,
      external_id: externalId,
    },
  };
}

async function* lists(snapshot: FeedSnapshot): AsyncGenerator<string> {
  const resource = (type: ResourceType, id: string, name: string) => ({
    resource_type: type,
    resource_function: FUNCTIONS[type],
    name: `${type}:${id}`,
    display_name: name,
  });
  yield '[';
  yield* items(snapshot, 'groups', ({ id, name }) => resource('group', id, name), '');
  const more = snapshot.counts.groups > 0 ? ',' : '';
  yield* items(snapshot, 'roles', ({ id, name }) => resource('role', id, name), more);
  yield* items(
    snapshot,
    'resources',
    ({ type, id, name, defaultAccess }) => ({
      ...resource(type, id, name),
      ...(defaultAccess === null ? {} : { description: `Everybody in the workspace: ${defaultAccess}` }),
    }),
    ',',
  );
  yield ']';
}

async function* list<K extends FeedKind>(
  snapshot: FeedSnapshot,
  kind: K,
  render: (item: FeedKinds[K]) => object | undefined,
): AsyncGenerator<string> {
  yield '[';
  yield* items(snapshot, kind, render, '');
  yield ']';
}

async function* items<K extends FeedKind>(
  snapshot: FeedSnapshot,
  kind: K,
  render: (item: FeedKinds[K]) => object | undefined,
  first: string,
): AsyncGenerator<string> {
  let separator = first;
  for await (const batch of snapshot.all(kind)) {
    const rendered = batch.flatMap((item) => render(item) ?? []);
    if (rendered.length === 0) continue;
    yield separator + rendered.map((item) => JSON.stringify(item)).join(',');
    separator = ',';
  }
}

/** MM/DD/YYYY, the format that baton-file reads. */
function monthDayYear(at: number): string {
  const [year, month, day] = new Date(at).toISOString().slice(0, 10).split('-');
  return `${month ?? ''}/${day ?? ''}/${year ?? ''}`;
}

export const batonFile: FeedFormat = {
  name: 'baton-file',
  ending: 'baton.json',
  mediaType: 'application/json',
  encode,
};
