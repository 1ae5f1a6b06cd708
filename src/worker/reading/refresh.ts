/**
 * Reads the target, and stores the changes: the observed rows, a change log entry for each difference, and a job for
 * each affected subject.
 */
import type { Subject } from '../../directory/subject.ts';
import { GROUP_ROWS, MEMBER_ROWS } from '../../provisioning/plan/lock-keys.ts';
import { mergeGroups } from '../../provisioning/observe/merge-groups.ts';
import { mergeMembers } from '../../provisioning/observe/merge-members.ts';
import { isEmptyChange } from '../../provisioning/model/profile.ts';
import {
  workspaceCapabilities,
  type WorkspaceCapabilities,
} from '../../provisioning/plan/available-capabilities.ts';
import { profileDifference } from '../../provisioning/plan/profile-difference.ts';
import { memberKey, type JobRequest } from '../../provisioning/model/observation.ts';
import type { ObservedMember } from '../../provisioning/model/observed.ts';
import type { PersonConcerned } from '../../provisioning/ports/subject-store.ts';
import { groupChange, memberChange } from '../../provisioning/observe/record-applied.ts';
import { TargetError } from '../../provisioning/ports/target.ts';
import type { WorkContext } from '../work-context.ts';

/**
 * One call where the light list works. People missing from it are looked up in the other lists before they count as
 * gone. @throws TargetError when the read fails, ShortReadError when it is too short; nothing is written then
 */
export async function refreshMembers(context: WorkContext): Promise<void> {
  const { workspace, store, target, clock, locks } = context;
  const since = clock.now();
  const known = await store.observedMembers(workspace);
  const listed = await target.readMembers(known);
  const read = await withMissed(context, known, listed);
  logNewStates(context, known, listed);
  await locks.hold([MEMBER_ROWS], async () => {
    const at = clock.now();
    const before = await store.observedMembers(workspace);
    const { upsert, remove, changed } = context.shortReads.check('members', (believe) =>
      mergeMembers(before, read, at, believe),
    );
    const was = new Map(before.map((member) => [memberKey(member), member]));
    // An account with a new address affects the users of both addresses.
    const moved = changed.flatMap((member) => {
      const old = was.get(memberKey(member));
      return old === undefined || old.email === member.email ? [] : [old];
    });
    const people = await store.peopleConcerned(workspace, [...changed, ...moved]);
    const is = new Map(changed.map((member) => [memberKey(member), member]));
    const available = workspaceCapabilities(target.capabilities.routes(), target.capabilities.ownsManaged);
    const isUndone = (person: PersonConcerned) =>
      undoes(was.get(person.memberKey), is.get(person.memberKey), person, available);
    const pushed = people.filter((person) => person.owned);
    const enqueue = await withoutDrift(context, {
      news: pushed.filter((person) => !isUndone(person)).flatMap(wakePerson),
      drift: pushed.filter(isUndone).flatMap(wakePerson),
    });
    await store.record({
      workspace,
      at,
      members: { upsert, remove },
      read: { list: 'members', since, how: listed[0]?.how ?? 'memberships', behind: [] },
      changes: changed.map((member) => memberChange(member, userSubject(member, people))),
      enqueue,
    });
  });
}

/** Known states of the target. */
const KNOWN_STATES = /^(invited|pending|requested|unconfirmed|banned|former|removed|deleted|inactive)$/i;

/** An unknown state counts as not active, and is logged. */
function logNewStates(
  { target, log }: WorkContext,
  known: readonly ObservedMember[],
  read: readonly ObservedMember[],
): void {
  const before = new Set(known.map((member) => member.rawState));
  const states = new Set(read.flatMap((member) => member.rawState ?? []));
  const unknown = [...states].filter((state) => !KNOWN_STATES.test(state) && !before.has(state));
  if (unknown.length > 0)
    log.warn({ states: unknown }, `${target.label} lists members in states that are not known: not active`);
}

/**
 * Whether somebody other than the bridge removed the member, or changed the role or profile, against what the IdP
 * wants.
 */
function undoes(
  was: ObservedMember | undefined,
  after: ObservedMember | undefined,
  person: PersonConcerned,
  available: WorkspaceCapabilities,
): boolean {
  if (was === undefined || after === undefined || was.state === 'former') return false;
  if (after.state === 'former') return true;
  if (was.state !== after.state) return false;
  if (was.admin !== after.admin) return true;
  // A change that the bridge would not revert does not count. A new address may show whose account it is.
  return after.state === 'active' && !isEmptyChange(profileDifference(was, person, after, available));
}

/** Subjects of a connection that only reports drift are not enqueued. */
export async function withoutDrift(
  { workspace, store, drift: fallback }: WorkContext,
  { news = [], drift }: { readonly news?: readonly JobRequest[]; readonly drift: readonly JobRequest[] },
): Promise<readonly JobRequest[]> {
  if (drift.length === 0) return news;
  const subjects = drift.map((enqueue) => enqueue.subject);
  const reported = await store.onlyReported(workspace, subjects, fallback);
  return [...news, ...drift.filter((enqueue) => !reported.has(enqueue.subject.id))];
}

/** The light list may lack people who are in the full list. They are not gone. */
async function withMissed(
  { target }: WorkContext,
  known: readonly ObservedMember[],
  read: readonly ObservedMember[],
): Promise<readonly ObservedMember[]> {
  if (read.length === 0 || target.findMembers === undefined) return read;
  const listed = new Set(read.map((member) => member.accountId));
  const missed = known.filter((member) => member.state === 'active' && !listed.has(member.accountId));
  return missed.length === 0 ? read : [...read, ...(await target.findMembers(missed))];
}

/** A key that may not list groups can still manage people. @throws TargetError for any other failure, ShortReadError */
export async function refreshGroups(context: WorkContext): Promise<void> {
  const { workspace, store, target, clock, locks, log } = context;
  const since = clock.now();
  const read = await target.readGroups().catch((error: unknown) => {
    if (!(error instanceof TargetError) || error.kind !== 'forbidden') throw error;
    log.warn({ reason: error.message }, 'the key may not read the groups: they are not changed');
    return undefined;
  });
  if (read === undefined) {
    const refused = { list: 'groups', since, how: 'refused', behind: [] } as const;
    return store.record({ workspace, at: clock.now(), read: refused });
  }
  await locks.hold([GROUP_ROWS], async () => {
    const at = clock.now();
    const before = await store.observedGroups(workspace);
    const takenAway = await store.removedOnTarget(workspace, 'groups');
    const { upsert, remove, changed, behind } = context.shortReads.check('groups', (believe) =>
      mergeGroups(before, read, at, takenAway, believe),
    );
    const tokens = [...changed.map((group) => group.token), ...remove];
    const subjects = await store.groupsBehind(workspace, tokens);
    const drift = [...subjects.values()].map((id): JobRequest => ({
      subject: { kind: 'group', id },
      verifying: false,
    }));
    const enqueue = await withoutDrift(context, { drift });
    await store.record({
      workspace,
      at,
      groups: { upsert, remove },
      read: { list: 'groups', since, how: 'groups', behind },
      changes: [
        ...changed.map(({ token, name }) => groupChange(token, name, subjectOf(token, subjects))),
        ...remove.map((token) => groupChange(token, null, subjectOf(token, subjects))),
      ],
      enqueue,
    });
  });
}

function userSubject(member: ObservedMember, people: readonly PersonConcerned[]): Subject | null {
  const person = people.find((candidate) => candidate.memberKey === memberKey(member));
  return person === undefined ? null : { kind: 'user', id: person.userId };
}

export function subjectOf(token: string, behind: ReadonlyMap<string, string>): Subject | null {
  const id = behind.get(token);
  return id === undefined ? null : { kind: 'group', id };
}

/** A person who joins or leaves on the target affects their groups, too. */
function wakePerson({ userId, groupIds }: PersonConcerned): JobRequest[] {
  return [
    { subject: { kind: 'user', id: userId }, verifying: false },
    ...groupIds.map((id): JobRequest => ({ subject: { kind: 'group', id }, verifying: false })),
  ];
}
