/** When the target is read without being asked. Pure. Milliseconds. */

const FULL_INTERVAL_MS = 60 * 60_000;
const INVITE_POLL_MIN_MS = 1_000;
const INVITE_POLL_MAX_MS = 5 * 60_000;
const INVITE_POLL_SHARE = 0.25;
/** While there is other work, that work goes first: jobs that wait to be verified wait this long. */
const BUSY_READ_INTERVAL_MS = 60_000;

/** A full read every hour. */
export function nextFullRead(lastFullRead: number): number {
  return lastFullRead + FULL_INTERVAL_MS;
}

/**
 * While invites are pending, the list of members is read to see them accepted: soon after the newest invite, then
 * less and less often, one call however many are pending.
 * @param busy there is other work to do
 */
export function nextInvitePoll(lastMembersRead: number, newestInvite: number, busy: boolean): number {
  const age = Math.max(0, lastMembersRead - newestInvite);
  const pause = Math.min(Math.max(age * INVITE_POLL_SHARE, INVITE_POLL_MIN_MS), INVITE_POLL_MAX_MS);
  return lastMembersRead + (busy ? Math.max(pause, BUSY_READ_INTERVAL_MS) : pause);
}

/** What was done is read back when there is nothing else to do, so that one read serves all of a burst. */
export function nextReadBack(waitingSince: number, busy: boolean): number {
  return busy ? waitingSince + BUSY_READ_INTERVAL_MS : waitingSince;
}
