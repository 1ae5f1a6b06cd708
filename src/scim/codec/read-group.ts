/** Reads a group's document into the draft that the directory stores, and the members. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { GroupDraft } from '../../directory/group/group.ts';
import { BridgeError } from '../../errors.ts';
import type { AttributePath } from '../schema/attribute-path.ts';
import { groupSchema } from '../schema/resource-schema.ts';
import { caseless } from './caseless.ts';
import { documentText } from './document-text.ts';
import { normalizeDocument, normalizeLeaves, unfold, type Leaf } from './normalize-document.ts';
import { objectBody } from './read-user.ts';

const MAX_NAME_LENGTH = 1_024;
const MAX_ID_LENGTH = 256;

/** Reads the body of a POST or PUT. @returns undefined members when the body has no list of members @throws BridgeError */
export function readGroup(body: unknown): { draft: GroupDraft; members: readonly string[] | undefined } {
  const leaves = unfold(groupSchema, objectBody(body));
  const members = leaves.filter(({ path }) => isMembers(path));
  return {
    draft: draftOf(normalizeLeaves(leaves.filter(({ path }) => !isMembers(path)))),
    members: members.length === 0 ? undefined : idsIn(members),
  };
}

/** @throws BridgeError invalid_value */
export function readGroupDocument(raw: Attributes): GroupDraft {
  return draftOf(normalizeDocument(groupSchema, raw));
}

/** Whether the path is the list of members, or a part of it. */
export function isMembers({ extension, attribute }: AttributePath): boolean {
  return extension === null && attribute?.toLowerCase() === 'members';
}

/** Collects the members from all spellings of the list. A member's display name is ignored. */
function idsIn(members: readonly Leaf[]): readonly string[] {
  const named = members.filter(({ path }) => path.part === null || path.part.toLowerCase() === 'value');
  return [...new Set(named.flatMap(({ value }) => readMemberIds(value)))];
}

function draftOf(document: Attributes): GroupDraft {
  const displayName = document['displayName'];
  if (typeof displayName !== 'string' || displayName.trim() === '') {
    throw new BridgeError('invalid_value', '"displayName" is required: Mode identifies a group by its name.');
  }
  if (displayName.length > MAX_NAME_LENGTH) {
    throw new BridgeError(
      'invalid_value',
      `"displayName" must not be longer than ${MAX_NAME_LENGTH} characters.`,
    );
  }
  const externalId = document['externalId'];
  return {
    displayName,
    externalId: typeof externalId === 'string' && externalId !== '' ? externalId : null,
    document: documentText(document),
  };
}

/** Reads members that are objects with a `value`, bare ids, or a single object or id. @throws BridgeError invalid_value */
export function readMemberIds(value: Json): readonly string[] {
  const elements = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const ids = elements.map((element) => {
    const id = isObject(element) ? caseless(element, 'value') : element;
    if (typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH) return id;
    throw new BridgeError('invalid_value', 'A member must be {"value": "<user id>"}.');
  });
  return [...new Set(ids)];
}
