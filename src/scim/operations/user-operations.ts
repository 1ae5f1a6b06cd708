/** What can be done with people. */
import type { UserView, UserOnMode } from '../../directory/view.ts';
import { noSuchUser } from '../../directory/user/users.ts';
import { BridgeError } from '../../errors.ts';
import type { User } from '../../directory/user/user.ts';
import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
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

const NEW = { onMode: { delivery: { state: 'pending', reason: null } } } as const;

/** What of it is known. */
interface KnownUser {
  readonly groups?: UserView['groups'];
  readonly onMode?: Partial<UserOnMode>;
}

export function userOperations(context: ScimContext): ResourceOperations {
  const { users, views, clock, profiles, reading } = context;

  function text(call: Call, user: User, { groups, onMode }: KnownUser): string {
    const { connection, projection, base, reads } = call;
    const tells = profiles.shape(connection).onMode && wants(projection, MODE_USER);
    // Of whom nobody has pushed, Mode alone says what they hold.
    const admin = user.ownerId === null ? onMode?.admin : user.admin;
    const parts = {
      entitlements:
        reads && wants(projection, 'entitlements')
          ? heldEntitlements(admin === true, groups ?? [])
          : undefined,
      user: user.ownerId === null ? { ...user, document: nameUnmanaged(user.document, user.userName) } : user,
      groups: groups !== undefined && wants(projection, 'groups') ? groups : [],
      onMode: tells ? onMode : undefined,
    };
    return projectText(renderUser(parts, base), projection);
  }

  async function render(call: Call, found: readonly User[]): Promise<string[]> {
    if (found.length === 0) return [];
    const ids = found.map((user) => user.id);
    const told = await views.users(call.connection.workspace, ids);
    return found.map((user) => text(call, user, told.get(user.id) ?? {}));
  }

  async function answer(call: Call, user: User, status: number): Promise<Answer> {
    const [body = ''] = await render(call, [user]);
    return answerWith(call, user, status, body);
  }

  function answerWith(call: Call, user: User, status: number, body: string): Answer {
    return { status, body, version: etag(user), location: locationOf(call, user.id) };
  }

  async function update(
    { connection, guard, leftOut: earlier }: Call,
    id: string,
    change: UserChange,
  ): Promise<User> {
    const { user, leftOut } = await updateUser(users, connection, id, change, guard);
    const all = [...(earlier ?? []), ...leftOut];
    if (all.length > 0) profiles.sawLeftOut(connection, user, all);
    profiles.sawUser(connection, user);
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
      return answerWith(call, user, 200, text(call, user, found));
    },

    create: async (call, body) => {
      const draft = readUser(body, undefined, reading);
      profiles.sawUser(call.connection, draft);
      const user = await users.create(call.connection, draft);
      // Whoever has just been made is in no group, and has not been looked for on Mode.
      return user.version > 1 ? answer(call, user, 201) : answerWith(call, user, 201, text(call, user, NEW));
    },

    replace: async (call, id, body) => {
      return answer(call, await update(call, id, putOf(body, reading)), 200);
    },

    patch: async (call, id, body) => {
      const user = await update(call, id, patchOf(body, reading));
      return profiles.shape(call.connection).patchedUser === 204
        ? { status: 204, version: etag(user), location: locationOf(call, id) }
        : answer(call, user, 200);
    },

    deactivates: ({ method, data }) => {
      try {
        if (method === 'PUT') return putOf(data, reading).deactivates();
        return method === 'PATCH' && patchOf(data, reading).deactivates();
      } catch (error) {
        // A body that cannot be read is refused when it is applied.
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

function locationOf({ base }: Call, id: string): string {
  return `${base}/Users/${id}`;
}
