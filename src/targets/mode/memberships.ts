/** Finds the membership of a person, whose token is needed to remove them, and tells whether they are still there. */
import type { Clock } from '../../clock.ts';
import type { ObservedMember } from '../../provisioning/observed.ts';
import { TargetError } from '../../provisioning/target.ts';
import type { Discovery } from './discovery.ts';
import type { MemberReads } from './read-members.ts';
import { unlessRefused } from './unless-refused.ts';

/** How long the tokens of one full list are used: many who leave together are looked up together. */
const TOKENS_STAND_MS = 10 * 60_000;

export interface Memberships {
  /**
   * Does something with the membership: by the token as stored, else from the full list, else from Discovery. A token
   * that Mode does not know any more is looked up anew, for whoever came back may have another one.
   * @returns undefined when Mode lists the person nowhere, or as a former member
   * @throws TargetError forbidden when Mode lists the person and tells no token; whatever `work` throws
   */
  with(member: ObservedMember, work: (token: string) => Promise<void>): Promise<string | undefined>;
  /** The token when it is known without asking more than the full list; null when not. @throws TargetError */
  known(member: ObservedMember): Promise<string | null>;
  /** The person's row in the list, former members left out. @throws TargetError */
  listed(member: ObservedMember): Promise<ObservedMember | undefined>;
}

export function createMemberships(reads: MemberReads, discovery: Discovery, clock: Clock): Memberships {
  let full: { readonly rows: readonly ObservedMember[]; readonly at: number } | undefined;

  async function listed(member: ObservedMember): Promise<ObservedMember | undefined> {
    const rows = await reads.members();
    return rows.find((row) => samePerson(row, member) && row.state !== 'former');
  }

  /** undefined: not in the full list, or this key may not read it. */
  async function inFullList(member: ObservedMember, fresh: boolean): Promise<ObservedMember | undefined> {
    if (full === undefined || fresh || clock.monotonic() - full.at >= TOKENS_STAND_MS) {
      const listed = await unlessRefused(reads.memberships());
      if (listed === undefined) return undefined;
      full = { rows: listed, at: clock.monotonic() };
    }
    const rows = full.rows.filter((row) => samePerson(row, member));
    return rows.find((row) => row.state !== 'former') ?? rows[0];
  }

  async function find(member: ObservedMember, fresh: boolean): Promise<string | undefined> {
    const row = await inFullList(member, fresh);
    if (row !== undefined && row.state !== 'former' && row.membershipToken !== null)
      return row.membershipToken;
    // What one list does not show, another may: only who is in none of them is gone.
    const present = await listed(member);
    if (present === undefined) return undefined;
    const account = present.memberToken ?? member.memberToken;
    const token = account === null ? null : await discovery.membershipToken(account);
    if (token !== null) return token;
    throw new TargetError('forbidden', 'Mode does not tell the token of the membership to this key.');
  }

  return {
    listed,
    known: async (member) =>
      member.membershipToken ?? (await inFullList(member, false))?.membershipToken ?? null,
    with: async (member, work) => {
      const token = member.membershipToken ?? (await find(member, false));
      if (token === undefined) return undefined;
      try {
        await work(token);
        return token;
      } catch (error) {
        if (!(error instanceof TargetError) || error.kind !== 'not_found') throw error;
        const other = await find(member, true).catch((failure: unknown) => {
          if (failure instanceof TargetError && failure.kind === 'forbidden') return token;
          throw failure;
        });
        if (other === undefined) return token;
        if (other === token) throw error;
        await work(other);
        return other;
      }
    },
  };
}

function samePerson(row: ObservedMember, member: ObservedMember): boolean {
  if (row.memberToken !== null && member.memberToken !== null) return row.memberToken === member.memberToken;
  if (row.username !== null && member.username !== null) return row.username === member.username;
  return row.email !== null && row.email.toLowerCase() === member.email?.toLowerCase();
}
