/**
 * Computes the write for each kind of change of a user. Pure: from the state before to the write that makes the state
 * after. Every write has its changes (for the feed) and the subjects to reconcile (for the worker).
 */
import type { UserSummary } from '../change.ts';
import type { Writer } from '../access/connection.ts';
import type { DirectoryStep, DirectoryWrite } from '../directory-store.ts';
import { changedAttributes } from '../document.ts';
import type { LeaverStep } from '../leaver-step.ts';
import type { Subject } from '../subject.ts';
import { writtenHow, type WrittenBy } from '../written-by.ts';
import type { User, UserDraft } from './user.ts';

export interface UserStamp {
  readonly connection: Writer;
  readonly at: number;
  /** Whether the IdP replaced the whole user, or sent the changes only. */
  readonly by?: WrittenBy;
}

/** Creates a user, owned by the connection. */
export function createUser(
  id: string,
  { emails, ...state }: UserDraft,
  { connection, at }: UserStamp,
): { user: User; write: DirectoryWrite } {
  const { workspace } = connection;
  const user: User = {
    ...state,
    id,
    workspace,
    ownerId: connection.id,
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
  const write = {
    workspace,
    at,
    steps: [{ step: 'create_user', user, emails }],
    changes: [{ kind: 'user.created', subject: subjectOf(id), data: summary(user) }],
    subjects: [subjectOf(id)],
    requestId: connection.requestId,
  } as const;
  return { user, write };
}

/**
 * Updates the user to the draft. From then on the connection owns the user.
 * @returns no write when nothing changes
 */
export function updateUser(
  before: User,
  draft: UserDraft,
  { connection, at, by }: UserStamp,
): { user: User; write?: DirectoryWrite } {
  const changed = changedAttributes(before.document, draft.document);
  if (before.ownerId === connection.id && changed.length === 0 && sameDraft(before, draft)) {
    return { user: before };
  }
  const { emails, ...state } = draft;
  const user: User = {
    ...before,
    ...state,
    ownerId: connection.id,
    version: before.version + 1,
    updatedAt: at,
  };
  const write = {
    workspace: before.workspace,
    at,
    steps: [{ step: 'update_user', user, emails }, ...leaverSteps(before, user.active, connection.id)],
    changes: [
      {
        kind: 'user.updated',
        subject: subjectOf(user.id),
        data: { ...summary(user), ...writtenHow(changed, by) },
      },
    ],
    subjects: [subjectOf(user.id)],
    requestId: connection.requestId,
  } as const;
  return { user, write };
}

/** Deletes the user and all memberships. The worker then removes the person from Mode. */
export function deleteUser(
  before: User,
  groupIds: readonly string[],
  { at, connection }: UserStamp,
): DirectoryWrite {
  const steps = groupIds.flatMap((groupId): DirectoryStep[] => [
    { step: 'remove_members', groupId, userIds: [before.id] },
    { step: 'touch_group', id: groupId },
  ]);
  return {
    workspace: before.workspace,
    at,
    steps: [
      { step: 'delete_user', id: before.id, version: before.version },
      ...(before.active ? [leaver(before, connection.id, 'deleted')] : []),
      ...steps,
    ],
    changes: [
      ...groupIds.map((groupId) => memberRemoved(groupId, before.id)),
      { kind: 'user.deleted', subject: subjectOf(before.id), data: { userName: before.userName } },
    ],
    subjects: [subjectOf(before.id), ...groupIds.map((id): Subject => ({ kind: 'group', id }))],
    requestId: connection.requestId,
  };
}

/** Makes the user unmanaged, because the connection that owned them is removed. The user does not change otherwise. */
export function releaseUser(before: User, at: number): DirectoryWrite {
  const { id, workspace, version } = before;
  return {
    workspace,
    at,
    steps: [{ step: 'release_user', id, version }],
    changes: [{ kind: 'user.updated', subject: subjectOf(id), data: { ...summary(before), changed: [] } }],
    subjects: [],
  };
}

function leaverSteps(before: User, active: boolean, connectionId: string): readonly LeaverStep[] {
  if (before.active === active) return [];
  return [
    active ? { step: 'cancel_leaver', userId: before.id } : leaver(before, connectionId, 'deactivated'),
  ];
}

function leaver(
  { id: userId, userName: name }: User,
  connectionId: string,
  cause: 'deactivated' | 'deleted',
): LeaverStep {
  return { step: 'start_leaver', userId, name, connectionId, cause };
}

function memberRemoved(groupId: string, userId: string) {
  return { kind: 'group.member_removed', subject: { kind: 'group', id: groupId }, data: { userId } } as const;
}

function subjectOf(id: string): Subject {
  return { kind: 'user', id };
}

/** Compares everything except the document. */
function sameDraft(before: User, draft: UserDraft): boolean {
  const { userName, externalId, active, admin } = draft;
  return (
    before.userName === userName &&
    before.externalId === externalId &&
    before.active === active &&
    before.admin === admin
  );
}

function summary(user: User): UserSummary {
  const { userName, externalId, active, email, fullName, admin } = user;
  return { userName, externalId, active, email, fullName, admin };
}
