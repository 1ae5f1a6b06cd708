/**
 * Applies an accepted operation to the observed state before a read shows it, so that the next plan does not repeat it.
 * Pure.
 */
import type { ChangeDraft } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { InviteEvent } from '../invite/invite.ts';
import type { Observation } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import { profileOf } from '../model/profile.ts';
import type { Applied } from '../ports/target.ts';

type Recorded = Pick<
  Observation,
  'members' | 'groups' | 'groupMembers' | 'removed' | 'read' | 'invites' | 'leavers' | 'links' | 'changes'
>;

/** @param subject the subject of the job and of the changes */
export function recordApplied(
  operation: Operation,
  applied: Applied,
  subject: Subject,
  now: number,
): Recorded {
  switch (operation.type) {
    case 'invite':
      return {
        ...memberRow(invited(operation, applied, now), subject),
        invites: [inviteEvent(operation.email, applied, subject)],
      };
    case 'remove_member': {
      const { email, accountId } = operation.member;
      return {
        ...memberRow({ ...operation.member, state: 'former', admin: false, writtenAt: now }, subject),
        ...(email === null ? {} : { invites: [{ kind: 'ended', email }] }),
        leavers: [{ userId: subject.id, account: accountId ?? email }],
      };
    }
    case 'set_admin': {
      const membershipId = applied.membershipId ?? operation.member.membershipId;
      return memberRow(
        { ...operation.member, membershipId, admin: operation.admin, writtenAt: now },
        subject,
      );
    }
    case 'update_profile': {
      const { member, change } = operation;
      return memberRow({ ...member, ...change, writtenAt: now }, subject);
    }
    case 'create_group':
      // Without a token, only a read can find the group.
      return applied.targetGroupId === undefined
        ? {}
        : {
            ...groupRow(applied.targetGroupId, operation.name, subject, now),
            links: [{ subject, token: applied.targetGroupId }],
            read: { list: { targetGroupId: applied.targetGroupId }, since: now, how: 'made', behind: [] },
          };
    case 'adopt_group':
      return {};
    case 'rename_group':
      return groupRow(operation.targetGroupId, operation.name, subject, now);
    case 'delete_group':
      return {
        groups: { upsert: [], remove: [operation.targetGroupId] },
        removed: { groups: [operation.targetGroupId] },
        changes: [groupChange(operation.targetGroupId, null, subject)],
      };
    case 'add_group_member': {
      const { targetGroupId, accountId } = operation;
      const groupMembershipId = applied.groupMembershipId ?? null;
      const row = { targetGroupId, accountId, groupMembershipId, writtenAt: now };
      const data = { groupToken: targetGroupId, memberToken: accountId };
      return {
        groupMembers: { upsert: [row], remove: [] },
        changes: [{ kind: 'mode.group_member_added', subject, data }],
      };
    }
    case 'remove_group_member': {
      const { targetGroupId, accountId } = operation;
      const member = { targetGroupId, accountId };
      const data = { groupToken: targetGroupId, memberToken: accountId };
      return {
        groupMembers: { upsert: [], remove: [member] },
        removed: { groupMembers: [member] },
        changes: [{ kind: 'mode.group_member_removed', subject, data }],
      };
    }
  }
}

/** An account that the target had before was not invited by the bridge. */
function inviteEvent(email: string, { expiresAt, existed }: Applied, { id: userId }: Subject): InviteEvent {
  return existed === true
    ? { kind: 'expected', email, userId }
    : { kind: 'sent', email, expiresAt: expiresAt ?? null, userId };
}

/** A new person is stored under the e-mail until a list of the target shows the account. */
function invited(operation: Operation & { type: 'invite' }, applied: Applied, now: number): ObservedMember {
  const { former } = operation;
  if (former !== null) return { ...former, state: 'invited', admin: false, writtenAt: now };
  return {
    accountId: null,
    membershipId: applied.membershipId ?? null,
    username: applied.username ?? null,
    ...profileOf(operation),
    state: 'invited',
    admin: false,
    managedElsewhere: false,
    writtenAt: now,
  };
}

function memberRow(member: ObservedMember, subject: Subject): Recorded {
  return { members: { upsert: [member], remove: [] }, changes: [memberChange(member, subject)] };
}

function groupRow(token: string, name: string, subject: Subject, now: number): Recorded {
  return {
    groups: { upsert: [{ token, name, writable: true, writtenAt: now }], remove: [] },
    changes: [groupChange(token, name, subject)],
  };
}

/** The change log entry for what the target has of a member. */
export function memberChange(member: ObservedMember, subject: Subject | null): ChangeDraft {
  const { accountId, email, state, admin } = member;
  return { kind: 'mode.member_changed', subject, data: { memberToken: accountId, email, state, admin } };
}

/** The change log entry for what the target has of a group. @param name null when the group is gone */
export function groupChange(
  targetGroupId: string,
  name: string | null,
  subject: Subject | null,
): ChangeDraft {
  const state = name === null ? 'gone' : 'active';
  return { kind: 'mode.group_changed', subject, data: { groupToken: targetGroupId, name, state } };
}
