/** The SCIM operations on groups. */
import type { Attributes } from '../../directory/attributes.ts';
import type { Group, Member } from '../../directory/group/group.ts';
import type { GroupOnMode } from '../../directory/view.ts';
import type { ScimResponse } from '../scim-response.ts';
import { writerOf, type ScimCall } from '../scim-call.ts';
import { projectElement, projectText, wants } from '../codec/projection.ts';
import { readGroup, readGroupDocument } from '../codec/read-group.ts';
import { etag, renderGroup, renderMember } from '../codec/render.ts';
import { textOrStream } from '../codec/text-or-stream.ts';
import { listResources } from '../paging/list-resources.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { parsePatch } from '../patch/parse-patch.ts';
import { patchGroup } from '../patch/patch-group.ts';
import { groupSchema } from '../schema/resource-schema.ts';
import { MODE_GROUP } from '../schema/urns.ts';
import type { ScimContext } from '../scim-context.ts';
import type { ResourceOperations } from './resource-operations.ts';

/** Members read at once while a response is streamed. The response has all members. */
const MEMBERS_PER_READ = 1_000;

export function groupOperations(context: ScimContext): ResourceOperations {
  const { groups, views, clock, profiles } = context;

  async function onModeOf({ workspace, connection, projection }: ScimCall, found: readonly Group[]) {
    const isWanted = profiles.shape(connection).onMode && wants(projection, MODE_GROUP) && found.length > 0;
    const ids = found.map((group) => group.id);
    return isWanted ? await views.groups(workspace, ids) : undefined;
  }

  /** Yields the JSON of a group in parts, so that a group with very many members is never in memory all at once. */
  async function* parts(
    { projection, base }: ScimCall,
    group: Group,
    onMode: GroupOnMode | undefined,
  ): AsyncGenerator<string> {
    const head = projectText(renderGroup({ group, onMode }, base), projection);
    if (!wants(projection, 'members')) {
      yield head;
      return;
    }
    yield `${head.slice(0, -1)},"members":[`;
    let separator = '';
    let after: string | undefined = '';
    while (after !== undefined) {
      const page: readonly Member[] = await groups.members(group.id, after, MEMBERS_PER_READ);
      const texts = page.flatMap(
        (member) => projectElement('members', renderMember(member, base), projection) ?? [],
      );
      if (texts.length > 0) yield separator + texts.join(',');
      if (texts.length > 0) separator = ',';
      after = page.length < MEMBERS_PER_READ ? undefined : page.at(-1)?.userId;
    }
    yield ']}';
  }

  /** Yields the JSON of several groups, separated by commas. */
  async function* withMembers(call: ScimCall, found: readonly Group[]): AsyncGenerator<string> {
    const onMode = await onModeOf(call, found);
    for (const [index, group] of found.entries()) {
      if (index > 0) yield ',';
      yield* parts(call, group, onMode?.get(group.id));
    }
  }

  /** The JSON of several groups without their members. */
  async function withoutMembers(call: ScimCall, found: readonly Group[]): Promise<string[]> {
    const onMode = await onModeOf(call, found);
    return found.map((group) =>
      projectText(renderGroup({ group, onMode: onMode?.get(group.id) }, call.base), call.projection),
    );
  }

  async function respond(call: ScimCall, group: Group, status: number): Promise<ScimResponse> {
    const body = await textOrStream(withMembers(call, [group]));
    return { status, body, version: etag(group), location: locationOf(call, group.id) };
  }

  /**
   * Returns the group after a write. Somebody else may have written since, so the response has the version of this write:
   * an If-Match with it then fails if there was another write.
   */
  async function respondWritten(call: ScimCall, id: string, version: number): Promise<ScimResponse> {
    return respond(call, { ...(await groups.get(call.workspace, id)), version }, 200);
  }

  return {
    name: 'Group',

    list: (call, request) => {
      const { workspace } = call;
      return listResources(
        {
          schema: groupSchema,
          owner: workspace,
          now: clock.now(),
          list: (query) => groups.list(workspace, query),
          render: (found) =>
            wants(call.projection, 'members') ? withMembers(call, found) : withoutMembers(call, found),
        },
        request,
      );
    },

    read: async (call, id) => {
      const group = await groups.get(call.workspace, id);
      if (call.known?.(group.version) === true)
        return { status: 304, version: etag(group), location: locationOf(call, id) };
      return respond(call, group, 200);
    },

    create: async (call, body) => {
      const { draft, members = [] } = readGroup(body);
      const { id } = await groups.create(writerOf(call), draft, members);
      return respond(call, await groups.get(call.workspace, id), 201);
    },

    replace: async (call, id, body) => {
      const { draft, members = [] } = readGroup(body);
      const change = () => ({ draft, members: { kind: 'replace', members } as const });
      return respondWritten(call, id, await groups.update(writerOf(call), id, change, call.guard, 'put'));
    },

    patch: async (call, id, body) => {
      const { head, members } = patchGroup(parsePatch(body));
      const change = (before: Group) => {
        const document = JSON.parse(before.document) as Attributes;
        return { draft: readGroupDocument(applyPatch(groupSchema, document, head)), members };
      };
      const version = await groups.update(writerOf(call), id, change, call.guard);
      // A client that requests attributes must get them (RFC 7644 section 3.5.2).
      const hasNoBody =
        profiles.shape(call.connection).patchedGroup === 204 && call.projection.attributes === undefined;
      if (!hasNoBody) return respondWritten(call, id, version);
      return { status: 204, version: etag({ version }), location: locationOf(call, id) };
    },

    remove: async (call, id) => {
      await groups.remove(writerOf(call), id, call.guard);
      return { status: 204 };
    },
  };
}

function locationOf({ base }: ScimCall, id: string): string {
  return `${base}/Groups/${id}`;
}
