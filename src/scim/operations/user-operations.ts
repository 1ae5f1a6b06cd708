/** The SCIM operations on users. */
import type { UserView, UserOnMode } from '../../directory/view.ts';
import { noSuchUser } from '../../directory/user/users.ts';
import { BridgeError } from '../../errors.ts';
import type { User } from '../../directory/user/user.ts';
import type { ScimResponse } from '../scim-response.ts';
import { writerOf, type ScimCall } from '../scim-call.ts';
import { nameUnmanaged } from '../codec/name-unmanaged.ts';
import { projectText, wants } from '../codec/projection.ts';
import { readUser } from '../codec/read-user.ts';
import { etag, renderUser } from '../codec/render.ts';
import { listResources } from '../paging/list-resources.ts';
import { heldEntitlements } from '../schema/entitlements.ts';
import { userSchema } from '../schema/resource-schema.ts';
import { MODE_USER } from '../schema/urns.ts';
import type { ScimContext } from '../scim-context.ts';
import type { ResourceOperations } from './resource-operations.ts';
import { updateUser, type UserChange } from './update-user.ts';
import { patchOf, putOf } from './user-changes.ts';

/** No option makes a difference to what deactivates. */
const NO_OPTIONS = { adminRoleAnyCase: false };
const NEW = { onMode: { delivery: { state: 'pending', reason: null, reasonCode: null } } } as const;

/** What is known about a user besides the document. */
interface KnownUser {
  readonly groups?: UserView['groups'];
  readonly onMode?: Partial<UserOnMode>;
}

export function userOperations(context: ScimContext): ResourceOperations {
  const { users, views, clock, profiles, readOptionsOf } = context;

  function text(call: ScimCall, user: User, { groups, onMode }: KnownUser): string {
    const { connection, projection, base } = call;
    const showsMode = profiles.shape(connection).onMode && wants(projection, MODE_USER);
    // If no IdP has pushed the user, only Mode knows what the user holds.
    const admin = user.ownerId === null ? onMode?.admin : user.admin;
    const parts = {
      entitlements:
        connection === undefined && wants(projection, 'entitlements')
          ? heldEntitlements(admin === true, groups ?? [])
          : undefined,
      user: user.ownerId === null ? { ...user, document: nameUnmanaged(user.document, user.userName) } : user,
      groups: groups !== undefined && wants(projection, 'groups') ? groups : [],
      onMode: showsMode ? onMode : undefined,
    };
    return projectText(renderUser(parts, base), projection);
  }

  async function render(call: ScimCall, found: readonly User[]): Promise<string[]> {
    if (found.length === 0) return [];
    const ids = found.map((user) => user.id);
    const known = await views.users(call.workspace, ids);
    return found.map((user) => text(call, user, known.get(user.id) ?? {}));
  }

  async function respond(call: ScimCall, user: User, status: number): Promise<ScimResponse> {
    const [body = ''] = await render(call, [user]);
    return respondWith(call, user, status, body);
  }

  function respondWith(call: ScimCall, user: User, status: number, body: string): ScimResponse {
    return { status, body, version: etag(user), location: locationOf(call, user.id) };
  }

  async function update(call: ScimCall, id: string, change: UserChange): Promise<User> {
    const { guard, leftOut: earlier } = call;
    const connection = writerOf(call);
    const { user, leftOut } = await updateUser(users, connection, id, change, guard);
    const all = [...(earlier ?? []), ...leftOut];
    if (all.length > 0) profiles.observeLeftOut(connection, user, all);
    profiles.observeUser(connection, user);
    return user;
  }

  return {
    name: 'User',

    list: (call, request) => {
      const { workspace } = call;
      return listResources(
        {
          schema: userSchema,
          owner: workspace,
          now: clock.now(),
          list: (query) => users.list(workspace, query),
          render: (found) => render(call, found),
        },
        request,
      );
    },

    read: async (call, id) => {
      const found = await views.user(call.workspace, id);
      if (found === undefined) throw noSuchUser(id);
      const { user } = found;
      if (call.known?.(user.version) === true)
        return { status: 304, version: etag(user), location: locationOf(call, id) };
      return respondWith(call, user, 200, text(call, user, found));
    },

    create: async (call, body) => {
      const connection = writerOf(call);
      const draft = readUser(body, undefined, readOptionsOf(call.workspace));
      profiles.observeUser(connection, draft);
      const user = await users.create(connection, draft);
      // A user that was just created is in no group, and has not been looked up on Mode yet.
      return user.version > 1
        ? respond(call, user, 201)
        : respondWith(call, user, 201, text(call, user, NEW));
    },

    replace: async (call, id, body) => {
      return respond(call, await update(call, id, putOf(body, readOptionsOf(call.workspace))), 200);
    },

    patch: async (call, id, body) => {
      const user = await update(call, id, patchOf(body, readOptionsOf(call.workspace)));
      return profiles.shape(call.connection).patchedUser === 204
        ? { status: 204, version: etag(user), location: locationOf(call, id) }
        : respond(call, user, 200);
    },

    deactivates: ({ method, data }) => {
      try {
        if (method === 'PUT') return putOf(data, NO_OPTIONS).deactivates();
        return method === 'PATCH' && patchOf(data, NO_OPTIONS).deactivates();
      } catch (error) {
        // A body that is not valid is rejected when it is applied.
        if (error instanceof BridgeError) return false;
        throw error;
      }
    },

    remove: async (call, id) => {
      await users.remove(writerOf(call), id, call.guard);
      return { status: 204 };
    },
  };
}

function locationOf({ base }: ScimCall, id: string): string {
  return `${base}/Users/${id}`;
}
