/**
 * Computes the write for each kind of change of a group and its members. Pure: from the state before to the write that
 * makes the state after.
 */
import type { ChangeDraft, GroupSummary } from '../change.ts';
import type { Writer } from '../access/connection.ts';
import type { DirectoryStep, DirectoryWrite } from '../directory-store.ts';
import { changedAttributes } from '../document.ts';
import type { Group, GroupDraft } from './group.ts';
import type { Subject } from '../subject.ts';
import { writtenHow, type WrittenBy } from '../written-by.ts';

interface Stamp {
  readonly connection: Writer;
  readonly at: number;
  /** Whether the IdP replaced the whole group, or sent the changes only. */
  readonly by?: WrittenBy;
}

/** `guarded`: the write is for one version of the group. */
export interface GroupStamp extends Stamp {
  readonly guarded?: boolean;
}

/** Members to add and to remove. Each id occurs at most once in total. */
export interface MemberDelta {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Creates a group with its first members, owned by the connection. */
export function createGroup(
  id: string,
  draft: GroupDraft,
  members: readonly string[],
  { connection, at }: Stamp,
): { group: Group; write: DirectoryWrite } {
  const { workspace } = connection;
  const group: Group = {
    ...draft,
    id,
    workspace,
    ownerId: connection.id,
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
  const delta = { add: members, remove: [] };
  const write: DirectoryWrite = {
    workspace,
    at,
    steps: [{ step: 'create_group', group }, ...memberSteps(id, delta)],
    changes: [
      { kind: 'group.created', subject: subjectOf(id), data: summary(group) },
      ...memberChanges(id, delta),
    ],
    subjects: [subjectOf(id)],
    requestId: connection.requestId,
  };
  return { group, write };
}

/**
 * Updates the group to the draft and changes its members. From then on the connection owns the group. A change of members
 * alone does not depend on the version, so writes about different people never race. The exception is a guarded write,
 * which is for one version.
 * @returns undefined when nothing changes
 */
export function updateGroup(
  before: Group,
  draft: GroupDraft,
  delta: MemberDelta,
  { connection, at, by, guarded = false }: GroupStamp,
): DirectoryWrite | undefined {
  const id = before.id;
  const changed = changedAttributes(before.document, draft.document);
  const headChanged = before.ownerId !== connection.id || changed.length > 0 || !sameDraft(before, draft);
  if (!headChanged && delta.add.length === 0 && delta.remove.length === 0) return undefined;
  const group: Group = {
    ...before,
    ...draft,
    ownerId: connection.id,
    version: before.version + 1,
    updatedAt: at,
  };
  return {
    workspace: before.workspace,
    at,
    steps: [
      headChanged || guarded ? { step: 'update_group', group } : { step: 'touch_group', id },
      ...memberSteps(id, delta),
    ],
    changes: [
      ...(headChanged
        ? [
            {
              kind: 'group.updated',
              subject: subjectOf(id),
              data: { ...summary(group), ...writtenHow(changed, by) },
            } as const,
          ]
        : []),
      ...memberChanges(id, delta),
    ],
    subjects: [subjectOf(id)],
    requestId: connection.requestId,
  };
}

/** Deletes the group and its memberships. The worker then removes it from Mode. */
export function deleteGroup(
  before: Group,
  members: readonly string[],
  { at, connection }: Stamp,
): DirectoryWrite {
  const { id, workspace, version, displayName } = before;
  const delta = { add: [], remove: members };
  return {
    workspace,
    at,
    steps: [{ step: 'delete_group', id, version }, ...memberSteps(id, delta)],
    changes: [
      ...memberChanges(id, delta),
      { kind: 'group.deleted', subject: subjectOf(id), data: { displayName } },
    ],
    subjects: [subjectOf(id)],
    requestId: connection.requestId,
  };
}

/** Makes the group unmanaged, because the connection that owned it is removed. The group does not change otherwise. */
export function releaseGroup(before: Group, at: number): DirectoryWrite {
  const { id, workspace, version } = before;
  return {
    workspace,
    at,
    steps: [{ step: 'release_group', id, version }],
    changes: [
      {
        kind: 'group.updated',
        subject: subjectOf(id),
        data: { ...summary(before), changed: [], owned: false },
      },
    ],
    subjects: [],
  };
}

export function memberSteps(groupId: string, { add, remove }: MemberDelta): DirectoryStep[] {
  const steps: DirectoryStep[] = [];
  if (remove.length > 0) steps.push({ step: 'remove_members', groupId, userIds: remove });
  if (add.length > 0) steps.push({ step: 'add_members', groupId, userIds: add });
  return steps;
}

export function memberChanges(groupId: string, { add, remove }: MemberDelta): ChangeDraft[] {
  const change = (kind: 'group.member_added' | 'group.member_removed') => (userId: string) => {
    return { kind, subject: subjectOf(groupId), data: { userId } };
  };
  return [...remove.map(change('group.member_removed')), ...add.map(change('group.member_added'))];
}

function subjectOf(id: string): Subject {
  return { kind: 'group', id };
}

/** Compares everything except the document. */
function sameDraft(before: Group, { displayName, externalId }: GroupDraft): boolean {
  return before.displayName === displayName && before.externalId === externalId;
}

function summary({ displayName, externalId }: GroupDraft): GroupSummary {
  return { displayName, externalId };
}
