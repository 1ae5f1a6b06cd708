/** When Mode is to be read again without being asked: pure. Milliseconds. */

const FULL_INTERVAL_MS = 60 * 60_000;
const INVITE_POLL_MIN_MS = 1_000;
const INVITE_POLL_MAX_MS = 5 * 60_000;
const INVITE_POLL_SHARE = 0.25;

/** A full read every hour. */
export function nextFullRead(lastFullRead: number): number {
  return lastFullRead + FULL_INTERVAL_MS;
}

/**
 * While invites are pending, the list of members is read to see them accepted: soon after the newest invite, then
 * less and less often, one call however many are pending.
 */
export function nextInvitePoll(lastMembersRead: number, newestInvite: number): number {
  const age = Math.max(0, lastMembersRead - newestInvite);
  return (
    lastMembersRead + Math.min(Math.max(age * INVITE_POLL_SHARE, INVITE_POLL_MIN_MS), INVITE_POLL_MAX_MS)
  );
}
