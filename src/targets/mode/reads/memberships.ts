/** Finds the membership of a person, whose token is needed to remove the person, and checks whether it still exists. */
import type { Clock } from '../../../clock.ts';
import type { ObservedMember } from '../../../provisioning/model/observed.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { Discovery } from '../discovery.ts';
import type { MemberReads } from './read-members.ts';
import { shareReads } from '../client/shared-read.ts';
import { unlessRefused } from './unless-refused.ts';

/** How long tokens from the full list are used, so that one read serves many people who leave together. */
const TOKENS_STAND_MS = 10 * 60_000;

export interface Memberships {
  /**
   * Calls `work` with the token of the membership: the stored token, else the one from the full list, else from Discovery.
   * When Mode does not know the token, it is looked up again, because a person who came back may have a new one.
   * @returns the token; undefined when Mode does not list the person, or only as a former member
   * @throws TargetError forbidden when Mode lists the person but no token; any error of `work`
   */
  with(member: ObservedMember, work: (token: string) => Promise<void>): Promise<string | undefined>;
  /** The stored token, or the one from the full list; null when there is none. Does not use Discovery. @throws TargetError */
  known(member: ObservedMember): Promise<string | null>;
  /** The person's row in the list of members, unless it is a former member's. @throws TargetError */
  listed(member: ObservedMember): Promise<ObservedMember | undefined>;
}

interface FullList {
  readonly rows: readonly ObservedMember[];
  readonly at: number;
}

export function createMemberships(reads: MemberReads, discovery: Discovery, clock: Clock): Memberships {
  let full: FullList | undefined;

  async function listed(member: ObservedMember): Promise<ObservedMember | undefined> {
    const rows = await reads.members();
    return rows.find((row) => samePerson(row, member) && row.state !== 'former');
  }

  /** @returns undefined when this key cannot read the full list */
  const readFull = shareReads(async (): Promise<FullList | undefined> => {
    const at = clock.monotonic();
    const rows = await unlessRefused(reads.memberships());
    full = rows === undefined ? undefined : { rows, at };
    return full;
  });

  /** The token from the cached full list. When it is missing there, the list must be read again. */
  function cached(member: ObservedMember): string | undefined {
    if (full === undefined || clock.monotonic() - full.at >= TOKENS_STAND_MS) return undefined;
    return presentToken(full.rows, member);
  }

  async function find(member: ObservedMember): Promise<string | undefined> {
    const token = presentToken((await readFull())?.rows ?? [], member);
    if (token !== undefined) return token;
    // The lists may differ: the person is gone only when missing from all of them.
    const present = await listed(member);
    if (present === undefined) return undefined;
    if (present.membershipId !== null) return present.membershipId;
    const account = present.accountId ?? member.accountId;
    const discovered = account === null ? null : await discovery.membershipId(account);
    if (discovered !== null) return discovered;
    throw new TargetError(
      'forbidden',
      'Mode lists the person, but does not show the token of the membership to this key. Use a key that can read the memberships, or make the change in Mode.',
    );
  }

  return {
    listed,
    known: async (member) => {
      const token = member.membershipId ?? cached(member);
      return token ?? presentToken((await readFull())?.rows ?? [], member) ?? null;
    },
    with: async (member, work) => {
      const token = member.membershipId ?? cached(member) ?? (await find(member));
      if (token === undefined) return undefined;
      try {
        await work(token);
        return token;
      } catch (error) {
        if (!(error instanceof TargetError) || error.kind !== 'not_found') throw error;
        // When no other token can be found, the 404 counts.
        const other = await find(member).catch((failure: unknown) => {
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

function presentToken(rows: readonly ObservedMember[], member: ObservedMember): string | undefined {
  const same = rows.filter((row) => samePerson(row, member) && row.state !== 'former');
  return same.find((row) => row.membershipId !== null)?.membershipId ?? undefined;
}

function samePerson(row: ObservedMember, member: ObservedMember): boolean {
  if (row.accountId !== null && member.accountId !== null) return row.accountId === member.accountId;
  if (row.username !== null && member.username !== null) return row.username === member.username;
  return row.email !== null && row.email.toLowerCase() === member.email?.toLowerCase();
}
