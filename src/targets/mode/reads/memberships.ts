/** Finds the membership of a person, whose token is needed to remove them, and tells whether they are still there. */
import type { Clock } from '../../../clock.ts';
import type { ObservedMember } from '../../../provisioning/model/observed.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { Discovery } from '../discovery.ts';
import type { MemberReads } from './read-members.ts';
import { shareReads } from '../client/shared-read.ts';
import { unlessRefused } from './unless-refused.ts';

/** How long a token that one full list showed is used: many who leave together are looked up together. */
const TOKENS_STAND_MS = 10 * 60_000;

export interface Memberships {
  /**
   * Does something with the membership: with the token as stored, else from the full list, else from Discovery. A token
   * that Mode does not know any more is looked up again, because a person who came back may have another one.
   * @returns undefined when Mode lists the person nowhere, or as a former member
   * @throws TargetError forbidden when Mode lists the person and shows no token; whatever `work` throws
   */
  with(member: ObservedMember, work: (token: string) => Promise<void>): Promise<string | undefined>;
  /** The token when it is known without asking more than the full list; null when not. @throws TargetError */
  known(member: ObservedMember): Promise<string | null>;
  /** The person's row in the list, former members left out. @throws TargetError */
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

  /** undefined: this key may not read the full list. */
  const readFull = shareReads(async (): Promise<FullList | undefined> => {
    const at = clock.monotonic();
    const rows = await unlessRefused(reads.memberships());
    full = rows === undefined ? undefined : { rows, at };
    return full;
  });

  /** The token that the last full list showed. A miss says nothing about Mode: the list is read again for that. */
  function remembered(member: ObservedMember): string | undefined {
    if (full === undefined || clock.monotonic() - full.at >= TOKENS_STAND_MS) return undefined;
    return presentToken(full.rows, member);
  }

  async function find(member: ObservedMember): Promise<string | undefined> {
    const token = presentToken((await readFull())?.rows ?? [], member);
    if (token !== undefined) return token;
    // What one list does not show, another may: only who is in none of them is gone.
    const present = await listed(member);
    if (present === undefined) return undefined;
    if (present.membershipToken !== null) return present.membershipToken;
    const account = present.memberToken ?? member.memberToken;
    const discovered = account === null ? null : await discovery.membershipToken(account);
    if (discovered !== null) return discovered;
    throw new TargetError(
      'forbidden',
      'Mode lists the person, and does not tell the token of the membership to this key: use a key that may read the memberships, or make the change in Mode.',
    );
  }

  return {
    listed,
    known: async (member) => {
      const token = member.membershipToken ?? remembered(member);
      return token ?? presentToken((await readFull())?.rows ?? [], member) ?? null;
    },
    with: async (member, work) => {
      const token = member.membershipToken ?? remembered(member) ?? (await find(member));
      if (token === undefined) return undefined;
      try {
        await work(token);
        return token;
      } catch (error) {
        if (!(error instanceof TargetError) || error.kind !== 'not_found') throw error;
        // Without another token to try, Mode's answer to this one stands.
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
  return same.find((row) => row.membershipToken !== null)?.membershipToken ?? undefined;
}

function samePerson(row: ObservedMember, member: ObservedMember): boolean {
  if (row.memberToken !== null && member.memberToken !== null) return row.memberToken === member.memberToken;
  if (row.username !== null && member.username !== null) return row.username === member.username;
  return row.email !== null && row.email.toLowerCase() === member.email?.toLowerCase();
}
