/** What can be done with people. */
import type { Attributes } from '../../directory/attributes.ts';
import type { UserOnMode } from '../../directory/on-mode.ts';
import type { User } from '../../directory/user.ts';
import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
import { projectText, wants } from '../codec/projection.ts';
import { readUser } from '../codec/read-user.ts';
import { etag, renderUser } from '../codec/render.ts';
import { listResources } from '../paging/list-resources.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { parsePatch } from '../patch/parse-patch.ts';
import { userSchema } from '../schema/resource-schema.ts';
import { MODE_USER } from '../schema/urns.ts';
import type { ScimContext } from '../scim-context.ts';
import type { ResourceOperations } from './resource-operations.ts';

const NEW_ON_MODE: Partial<UserOnMode> = { delivery: { state: 'pending', reason: null } };

export function userOperations(context: ScimContext): ResourceOperations {
  const { users, groupsOf, onMode, clock, profiles, reading } = context;

  async function render({ connection, projection, base }: Call, found: readonly User[]): Promise<string[]> {
    const ids = found.map((user) => user.id);
    const groups = wants(projection, 'groups') ? await groupsOf(ids) : undefined;
    const shown =
      profiles.shape(connection).onMode && wants(projection, MODE_USER)
        ? await onMode.usersOnMode(connection.workspace, ids)
        : undefined;
    return found.map((user) => {
      const parts = { user, groups: groups?.get(user.id) ?? [], onMode: shown?.get(user.id) };
      return projectText(renderUser(parts, base), projection);
    });
  }

  async function answer(call: Call, user: User, status: number): Promise<Answer> {
    const [body = ''] = await render(call, [user]);
    return { status, body, version: etag(user), location: `${call.base}/Users/${user.id}` };
  }

  /** Whoever has just been made is in no group, and has not been looked for on Mode. */
  function answerNew({ base, connection, projection }: Call, user: User): Answer {
    const onMode = profiles.shape(connection).onMode ? NEW_ON_MODE : undefined;
    const body = projectText(renderUser({ user, groups: [], onMode }, base), projection);
    return { status: 201, body, version: etag(user), location: `${base}/Users/${user.id}` };
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
      const user = await users.get(call.connection, id);
      if (call.known?.(user.version) === true) return { status: 304, version: etag(user) };
      return answer(call, user, 200);
    },

    create: async (call, body) => {
      const draft = readUser(body, undefined, reading);
      profiles.sawUser(call.connection, draft);
      const user = await users.create(call.connection, draft);
      return user.version > 1 ? answer(call, user, 201) : answerNew(call, user);
    },

    replace: async (call, id, body) => {
      const user = await users.update(
        call.connection,
        id,
        (before) => readUser(body, before, reading),
        call.guard,
      );
      profiles.sawUser(call.connection, user);
      return answer(call, user, 200);
    },

    patch: async (call, id, body) => {
      const operations = parsePatch(body);
      const user = await users.update(
        call.connection,
        id,
        (before) => {
          const document = JSON.parse(before.document) as Attributes;
          return readUser(applyPatch(userSchema, document, operations), before, reading);
        },
        call.guard,
      );
      profiles.sawUser(call.connection, user);
      return profiles.shape(call.connection).patchedUser === 204
        ? { status: 204, version: etag(user) }
        : answer(call, user, 200);
    },

    remove: async (call, id) => {
      await users.remove(call.connection, id, call.guard);
      return { status: 204 };
    },
  };
}
