/**
 * What an operation that Mode accepted makes of the observed state, before any read shows it: pure. So a plan made
 * a moment later does not ask for the same thing again.
 */
import type { Observation } from './observation.ts';
import type { ObservedMember } from './observed.ts';
import type { Operation } from './operation.ts';
import type { Applied } from './target.ts';

type Recorded = Pick<Observation, 'members' | 'groups' | 'groupMembers'>;

export function recordApplied(operation: Operation, applied: Applied, now: number): Recorded {
  switch (operation.type) {
    case 'invite':
      return { members: { upsert: [invited(operation, applied, now)], remove: [] } };
    case 'remove_member':
      return members({ ...operation.member, state: 'former', admin: false, writtenAt: now }, applied);
    case 'set_admin':
      return members({ ...operation.member, admin: operation.admin, writtenAt: now }, applied);
    case 'create_group':
      // Without a token the group can only be found by reading.
      if (applied.groupToken === undefined) return {};
      return groups(applied.groupToken, operation.name, now);
    case 'adopt_group':
      return {};
    case 'rename_group':
      return groups(operation.groupToken, operation.name, now);
    case 'delete_group':
      return { groups: { upsert: [], remove: [operation.groupToken] } };
    case 'add_group_member': {
      const { groupToken, memberToken } = operation;
      const groupMembershipToken = applied.groupMembershipToken ?? null;
      return {
        groupMembers: {
          upsert: [{ groupToken, memberToken, groupMembershipToken, writtenAt: now }],
          remove: [],
        },
      };
    }
    case 'remove_group_member':
      return { groupMembers: { upsert: [], remove: [operation] } };
  }
}

/** Kept under the e-mail: Mode's own list tells which account it is. */
function invited(
  { email, name }: { email: string; name: string | null },
  applied: Applied,
  now: number,
): ObservedMember {
  return {
    memberToken: null,
    membershipToken: applied.membershipToken ?? null,
    username: applied.username ?? null,
    email,
    name,
    state: 'invited',
    admin: false,
    managedByScim: false,
    writtenAt: now,
  };
}

function members(member: ObservedMember, applied: Applied): Recorded {
  const membershipToken = applied.membershipToken ?? member.membershipToken;
  return { members: { upsert: [{ ...member, membershipToken }], remove: [] } };
}

function groups(token: string, name: string, now: number): Recorded {
  return { groups: { upsert: [{ token, name, writable: true, writtenAt: now }], remove: [] } };
}

/** Whether a read has yet to show one of these rows as we wrote it. */
export function unconfirmed(rows: readonly { readonly writtenAt: number | null }[]): boolean {
  return rows.some((row) => row.writtenAt !== null);
}
