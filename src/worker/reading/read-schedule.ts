/** The schedule of reads of the target. Pure. Milliseconds. */

const FULL_INTERVAL_MS = 60 * 60_000;
const INVITE_POLL_MIN_MS = 1_000;
const INVITE_POLL_MAX_MS = 5 * 60_000;
const INVITE_POLL_SHARE = 0.25;
/** While there is other work, jobs that wait to be verified wait this long. */
const BUSY_READ_INTERVAL_MS = 60_000;

/** A full read every hour. */
export function nextFullRead(lastFullRead: number): number {
  return lastFullRead + FULL_INTERVAL_MS;
}

/**
 * While invites are pending, the list of members is read to notice when they are accepted: soon after the newest
 * invite, then less and less often. One call is enough for all pending invites. @param busy whether there is other work
 */
export function nextInvitePoll(lastMembersRead: number, newestInvite: number, busy: boolean): number {
  const age = Math.max(0, lastMembersRead - newestInvite);
  const pause = Math.min(Math.max(age * INVITE_POLL_SHARE, INVITE_POLL_MIN_MS), INVITE_POLL_MAX_MS);
  return lastMembersRead + (busy ? Math.max(pause, BUSY_READ_INTERVAL_MS) : pause);
}

/** Changes are read back when there is no other work, so that one read serves a whole burst. */
export function nextReadBack(waitingSince: number, busy: boolean): number {
  return busy ? waitingSince + BUSY_READ_INTERVAL_MS : waitingSince;
}
