/** What can be done with groups. */
import type { Attributes } from '../../directory/attributes.ts';
import type { Group, Member } from '../../directory/group.ts';
import type { GroupOnMode } from '../../directory/shown.ts';
import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
import { projectPieces, wants } from '../codec/projection.ts';
import { readGroup, readGroupDocument } from '../codec/read-group.ts';
import { etag, renderGroup } from '../codec/render.ts';
import { listResources } from '../paging/list-resources.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { parsePatch } from '../patch/parse-patch.ts';
import { patchGroup } from '../patch/patch-group.ts';
import { groupSchema } from '../schema/resource-schema.ts';
import { MODE_GROUP } from '../schema/urns.ts';
import type { ScimContext } from '../scim-context.ts';
import type { ResourceOperations } from './resource-operations.ts';

/** Members that one answer shows of one group; all of them are found by filtering users by `groups.value`. */
const MAX_MEMBERS = 10_000;

export function groupOperations(context: ScimContext): ResourceOperations {
  const { groups, shown, clock, profiles } = context;

  async function onModeOf({ connection, projection }: Call, found: readonly Group[]) {
    const tells = profiles.shape(connection).onMode && wants(projection, MODE_GROUP) && found.length > 0;
    const ids = found.map((group) => group.id);
    return tells ? await shown.groups(connection.workspace, ids) : undefined;
  }

  /** The group's text in pieces. */
  async function pieces({ projection, base }: Call, group: Group, onMode: GroupOnMode | undefined) {
    const members = wants(projection, 'members') ? await membersOf(group) : undefined;
    return projectPieces(renderGroup({ group, members, onMode }, base), projection);
  }

  async function render(call: Call, found: readonly Group[]): Promise<string[]> {
    const told = await onModeOf(call, found);
    const texts: string[] = [];
    for (const group of found) texts.push([...(await pieces(call, group, told?.get(group.id)))].join(''));
    return texts;
  }

  /** One after the other: a page of huge groups is never in memory all at once. */
  async function* streamed(call: Call, found: readonly Group[]): AsyncGenerator<string> {
    const told = await onModeOf(call, found);
    for (const [index, group] of found.entries()) {
      if (index > 0) yield ',';
      yield* await pieces(call, group, told?.get(group.id));
    }
  }

  async function membersOf({ id }: Group): Promise<readonly Member[]> {
    return (await groups.members([id], MAX_MEMBERS)).get(id) ?? [];
  }

  async function answer(call: Call, id: string, status: number): Promise<Answer> {
    const group = await groups.get(call.connection, id);
    const [body = ''] = await render(call, [group]);
    return { status, body, version: etag(group), location: `${call.base}/Groups/${id}` };
  }

  return {
    name: 'Group',

    list: (call, request) => {
      const { connection } = call;
      return listResources(
        {
          schema: groupSchema,
          owner: connection.workspace,
          now: clock.now(),
          list: (query) => groups.list(connection, query),
          render: (found) =>
            wants(call.projection, 'members') ? streamed(call, found) : render(call, found),
        },
        request,
      );
    },

    read: async (call, id) => {
      const group = await groups.get(call.connection, id);
      if (call.known?.(group.version) === true) return { status: 304, version: etag(group) };
      const [body = ''] = await render(call, [group]);
      return { status: 200, body, version: etag(group), location: `${call.base}/Groups/${id}` };
    },

    create: async (call, body) => {
      const { draft, members = [] } = readGroup(body);
      const { id } = await groups.create(call.connection, draft, members);
      return answer(call, id, 201);
    },

    replace: async (call, id, body) => {
      const { draft, members = [] } = readGroup(body);
      const change = () => ({ draft, members: { kind: 'replace', members } as const });
      await groups.update(call.connection, id, change, call.guard, 'put');
      return answer(call, id, 200);
    },

    patch: async (call, id, body) => {
      const { head, members } = patchGroup(parsePatch(body));
      const change = (before: Group) => {
        const document = JSON.parse(before.document) as Attributes;
        return { draft: readGroupDocument(applyPatch(groupSchema, document, head)), members };
      };
      await groups.update(call.connection, id, change, call.guard);
      // A client that names attributes is to get them (RFC 7644 section 3.5.2).
      const silent =
        profiles.shape(call.connection).patchedGroup === 204 && call.projection.attributes === undefined;
      if (!silent) return answer(call, id, 200);
      return {
        status: 204,
        version: etag(await groups.get(call.connection, id)),
        location: `${call.base}/Groups/${id}`,
      };
    },

    remove: async (call, id) => {
      await groups.remove(call.connection, id, call.guard);
      return { status: 204 };
    },
  };
}
