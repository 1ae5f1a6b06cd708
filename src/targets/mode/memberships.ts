/** Finds the membership of a person, whose token is needed to remove them, and tells whether they are still there. */
import type { ObservedMember } from '../../provisioning/observed.ts';
import { TargetError } from '../../provisioning/target.ts';
import type { Discovery } from './discovery.ts';
import type { MemberReads } from './read-members.ts';

export interface Memberships {
  /**
   * The token: as stored, else from the full list, else from Discovery.
   * @returns undefined when Mode lists the person nowhere, or as a former member
   * @throws TargetError forbidden when Mode lists the person and tells no token
   */
  tokenOf(member: ObservedMember): Promise<string | undefined>;
  /** The person's row in the list, former members left out. @throws TargetError */
  listed(member: ObservedMember): Promise<ObservedMember | undefined>;
}

export function createMemberships(reads: MemberReads, discovery: Discovery): Memberships {
  async function listed(member: ObservedMember): Promise<ObservedMember | undefined> {
    const rows = await reads.members();
    return rows.find((row) => samePerson(row, member) && row.state !== 'former');
  }

  /** undefined: not in the full list, or this key may not read it. */
  async function inFullList(member: ObservedMember): Promise<ObservedMember | undefined> {
    try {
      const rows = (await reads.memberships()).filter((row) => samePerson(row, member));
      return rows.find((row) => row.state !== 'former') ?? rows[0];
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      if (!['forbidden', 'not_found', 'refused'].includes(error.kind)) throw error;
      return undefined;
    }
  }

  return {
    listed,
    tokenOf: async (member) => {
      if (member.membershipToken !== null) return member.membershipToken;
      const row = await inFullList(member);
      if (row !== undefined && row.state !== 'former' && row.membershipToken !== null)
        return row.membershipToken;
      // What one list does not show, another may: only who is in none of them is gone.
      const present = await listed(member);
      if (present === undefined) return undefined;
      const account = present.memberToken ?? member.memberToken;
      const token = account === null ? null : await discovery.membershipToken(account);
      if (token !== null) return token;
      throw new TargetError('forbidden', 'Mode does not tell the token of the membership to this key.');
    },
  };
}

function samePerson(row: ObservedMember, member: ObservedMember): boolean {
  if (row.memberToken !== null && member.memberToken !== null) return row.memberToken === member.memberToken;
  if (row.username !== null && member.username !== null) return row.username === member.username;
  return row.email !== null && row.email.toLowerCase() === member.email?.toLowerCase();
}
