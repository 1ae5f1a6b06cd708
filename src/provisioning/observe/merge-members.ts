/**
 * Merges a full read of the target's members into the observed state. Pure.
 *
 * The target may show a write only after a while, and may not list pending invites at all. So the bridge's own writes take
 * precedence over a read with the old state for one minute, and its invites do until they would expire.
 */
import { foldAddress } from '../model/fold-address.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';
import { diffProfile, fillProfile, isEmptyChange, profileOf } from '../model/profile.ts';
import { isShort, ShortReadError } from './short-read.ts';

/** How long a read may lag behind the bridge's own writes. */
export const READ_LAG_MS = 60_000;
/** How long an invite that the target does not list is remembered. */
const UNLISTED_INVITE_MS = 14 * 24 * 60 * 60_000;

export interface MergedMembers {
  readonly upsert: readonly ObservedMember[];
  /** Keys of rows to delete. */
  readonly remove: readonly string[];
  /** Members whose account, state, role, profile or manager has changed. Those that are gone are `former`. */
  readonly changed: readonly ObservedMember[];
}

/**
 * @param believeShort accept a short read as complete, because the target repeats it @throws ShortReadError when the
 * read is empty, or too short to be accepted
 */
export function mergeMembers(
  previous: readonly ObservedMember[],
  read: readonly ObservedMember[],
  now: number,
  believeShort = false,
): MergedMembers {
  const known = new Map(previous.map((member) => [memberKey(member), member]));
  const seen = new Set<string>();
  /** Folded addresses of members and invited people. */
  const here = new Set<string>();
  const upsert: ObservedMember[] = [];
  const remove: string[] = [];
  const changed: ObservedMember[] = [];

  for (const row of read) {
    const byEmail = `email:${addressOf(row)}`;
    const inviteOnly = row.accountId === null ? undefined : known.get(byEmail);
    const before = known.get(memberKey(row)) ?? inviteOnly;
    const after = before === undefined ? row : reconcile(before, row, now);
    seen.add(memberKey(row));
    if (after.state !== 'former') here.add(addressOf(after));
    if (inviteOnly !== undefined && after.state !== 'former') {
      seen.add(byEmail);
      remove.push(byEmail);
    }
    if (before === undefined || differs(before, after)) upsert.push(after);
    const isSame = before?.accountId === after.accountId && shownOf(before) === shownOf(after);
    if (!isSame) changed.push(after);
  }

  const missing = previous.filter((member) => !seen.has(memberKey(member)));
  assertWhole(previous, read, believeShort ? [] : missing);
  for (const member of missing) {
    if (standsUnlisted(member, here, now)) continue;
    remove.push(memberKey(member));
    if (member.state !== 'former') changed.push({ ...member, state: 'former', admin: false });
  }
  return { upsert, remove, changed };
}

/** The row as read, with the tokens known before; or as the bridge wrote it, while the read may lag. */
function reconcile(before: ObservedMember, row: ObservedMember, now: number): ObservedMember {
  const merged = {
    ...row,
    membershipId: row.membershipId ?? before.membershipId,
    username: row.username ?? before.username,
    ...fillProfile(row, before),
  };
  const ours = before.writtenAt !== null && now - before.writtenAt < READ_LAG_MS;
  if (!ours || confirms(before, row)) return merged;
  const { state, admin, writtenAt } = before;
  return { ...merged, ...fillProfile(before, row), state, admin, writtenAt };
}

/** Whether the read shows the bridge's write, or its consequence, such as an accepted invite. */
function confirms(written: ObservedMember, row: ObservedMember): boolean {
  if (written.state === 'invited' && row.state === 'active') return true;
  return (
    written.state === row.state && written.admin === row.admin && isEmptyChange(diffProfile(written, row))
  );
}

function addressOf({ email }: ObservedMember): string {
  return foldAddress(email ?? '');
}

/** An invite that was accepted, also as another account than the one that was asked back, does not. */
function standsUnlisted(member: ObservedMember, here: ReadonlySet<string>, now: number): boolean {
  if (member.writtenAt === null || member.state !== 'invited') return false;
  if (member.email !== null && here.has(addressOf(member))) return false;
  return now - member.writtenAt < UNLISTED_INVITE_MS;
}

function assertWhole(
  previous: readonly ObservedMember[],
  read: readonly ObservedMember[],
  missing: readonly ObservedMember[],
): void {
  if (read.length === 0) {
    throw new ShortReadError(
      'The target listed no members at all, not even the owner of the API key, so the list is ignored.',
    );
  }
  const known = previous.filter(wasListed).length;
  const lost = missing.filter(wasListed).length;
  // Also for a small company, because people who are missing by mistake would be invited again.
  const isHalf = lost > 1 && lost >= known / 2 && read.length < known;
  if (isHalf || isShort(known, lost)) {
    throw new ShortReadError(`The target's list lacks ${lost} of ${known} members, so the list is ignored.`);
  }
}

/** A read has shown the member, and the bridge has written nothing since. */
function wasListed({ state, writtenAt }: ObservedMember): boolean {
  return state !== 'former' && writtenAt === null;
}

function differs(a: ObservedMember, b: ObservedMember): boolean {
  return (
    shownOf(a) !== shownOf(b) ||
    a.accountId !== b.accountId ||
    a.membershipId !== b.membershipId ||
    a.username !== b.username ||
    a.managedElsewhere !== b.managedElsewhere ||
    a.rawState !== b.rawState ||
    a.writtenAt !== b.writtenAt
  );
}

function shownOf(member: ObservedMember): string {
  const { state, admin, managedElsewhere } = member;
  return JSON.stringify([state, admin, profileOf(member), managedElsewhere]);
}
