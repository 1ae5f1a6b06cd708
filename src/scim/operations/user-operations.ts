/** The SCIM operations on users. */
import type { UserView, UserOnMode } from '../../directory/view.ts';
import { noSuchUser } from '../../directory/user/users.ts';
import { BridgeError } from '../../errors.ts';
import type { User } from '../../directory/user/user.ts';
import type { ScimResponse } from '../scim-response.ts';
import type { ScimCall } from '../scim-call.ts';
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

const NEW = { onMode: { delivery: { state: 'pending', reason: null, reasonCode: null } } } as const;

/** What is known about a user besides the document. */
interface KnownUser {
  readonly groups?: UserView['groups'];
  readonly onMode?: Partial<UserOnMode>;
}

export function userOperations(context: ScimContext): ResourceOperations {
  const { users, views, clock, profiles, readOptions } = context;

  function text(call: ScimCall, user: User, { groups, onMode }: KnownUser): string {
    const { connection, projection, base, readOnly } = call;
    const showsMode = profiles.shape(connection).onMode && wants(projection, MODE_USER);
    // If no IdP has pushed the user, only Mode knows what the user holds.
    const admin = user.ownerId === null ? onMode?.admin : user.admin;
    const parts = {
      entitlements:
        readOnly && wants(projection, 'entitlements')
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
    const known = await views.users(call.connection.workspace, ids);
    return found.map((user) => text(call, user, known.get(user.id) ?? {}));
  }

  async function respond(call: ScimCall, user: User, status: number): Promise<ScimResponse> {
    const [body = ''] = await render(call, [user]);
    return respondWith(call, user, status, body);
  }

  function respondWith(call: ScimCall, user: User, status: number, body: string): ScimResponse {
    return { status, body, version: etag(user), location: locationOf(call, user.id) };
  }

  async function update(
    { connection, guard, leftOut: earlier }: ScimCall,
    id: string,
    change: UserChange,
  ): Promise<User> {
    const { user, leftOut } = await updateUser(users, connection, id, change, guard);
    const all = [...(earlier ?? []), ...leftOut];
    if (all.length > 0) profiles.observeLeftOut(connection, user, all);
    profiles.observeUser(connection, user);
    return user;
  }

  return {
    name: 'User',

    list: (call, request) => {
      const { connection } = call;
      return listResources(
        {
          schema: userSchema,
          owner: connection.workspace,
          now: clock.now(),
          list: (query) => users.list(connection, query),
          render: (found) => render(call, found),
        },
        request,
      );
    },

    read: async (call, id) => {
      const found = await views.user(call.connection.workspace, id);
      if (found === undefined) throw noSuchUser(id);
      const { user } = found;
      if (call.known?.(user.version) === true)
        return { status: 304, version: etag(user), location: locationOf(call, id) };
      return respondWith(call, user, 200, text(call, user, found));
    },

    create: async (call, body) => {
      const draft = readUser(body, undefined, readOptions);
      profiles.observeUser(call.connection, draft);
      const user = await users.create(call.connection, draft);
      // A user that was just created is in no group, and has not been looked up on Mode yet.
      return user.version > 1
        ? respond(call, user, 201)
        : respondWith(call, user, 201, text(call, user, NEW));
    },

    replace: async (call, id, body) => {
      return respond(call, await update(call, id, putOf(body, readOptions)), 200);
    },

    patch: async (call, id, body) => {
      const user = await update(call, id, patchOf(body, readOptions));
      return profiles.shape(call.connection).patchedUser === 204
        ? { status: 204, version: etag(user), location: locationOf(call, id) }
        : respond(call, user, 200);
    },

    deactivates: ({ method, data }) => {
      try {
        if (method === 'PUT') return putOf(data, readOptions).deactivates();
        return method === 'PATCH' && patchOf(data, readOptions).deactivates();
      } catch (error) {
        // A body that is not valid is rejected when it is applied.
        if (error instanceof BridgeError) return false;
        throw error;
      }
    },

    remove: async (call, id) => {
      await users.remove(call.connection, id, call.guard);
      return { status: 204 };
    },
  };
}

function locationOf({ base }: ScimCall, id: string): string {
  return `${base}/Users/${id}`;
}
