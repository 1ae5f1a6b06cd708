/**
 * Reads Mode and writes down what is new: the observed rows, a change for each difference, and a job for each
 * subject that the difference concerns.
 */
import type { Subject } from '../directory/subject.ts';
import { GROUP_ROWS, MEMBER_ROWS } from '../provisioning/exclusive.ts';
import { mergeGroups } from '../provisioning/merge-groups.ts';
import { mergeMembers } from '../provisioning/merge-members.ts';
import { memberKey, type Wake } from '../provisioning/observation.ts';
import type { ObservedMember } from '../provisioning/observed.ts';
import type { PersonBehind } from '../provisioning/provisioning-store.ts';
import { groupChange, memberChange } from '../provisioning/record-applied.ts';
import { TargetError } from '../provisioning/target.ts';
import { ShortReadError } from '../provisioning/short-read.ts';
import type { WorkContext } from './work-context.ts';

/**
 * One call where the light list works. Whoever it misses is looked for in the other lists before they count as gone.
 * @throws TargetError when the read fails, ShortReadError when it cannot be believed; nothing is written then.
 */
export async function refreshMembers(context: WorkContext): Promise<void> {
  const { workspace, store, target, clock, locks } = context;
  const since = clock.now();
  const known = await store.observedMembers(workspace);
  const listed = await target.readMembers(known);
  const read = await withMissed(context, known, listed);
  tellNewStates(context, known, listed);
  await locks.hold([MEMBER_ROWS], async () => {
    const at = clock.now();
    const before = await store.observedMembers(workspace);
    const { upsert, remove, changed } = believing(context, 'members', (believe) =>
      mergeMembers(before, read, at, believe),
    );
    const people = await store.peopleBehind(workspace, changed);
    await store.record({
      workspace,
      at,
      members: { upsert, remove },
      read: { list: 'members', since, how: listed[0]?.how ?? 'memberships', behind: [] },
      changes: changed.map((member) => memberChange(member, userSubject(member, people))),
      wake: people.filter((person) => person.owned).flatMap(wakePerson),
    });
  });
}

/** Words that Mode is known to use, or that mean the same to everybody. */
const KNOWN_STATES = /^(invited|pending|requested|unconfirmed|banned|former|removed|deleted|inactive)$/i;

/** A state that nobody has seen before counts as not active; people are told of it. */
function tellNewStates(
  { log }: WorkContext,
  known: readonly ObservedMember[],
  read: readonly ObservedMember[],
): void {
  const before = new Set(known.map((member) => member.rawState));
  const states = new Set(read.flatMap((member) => member.rawState ?? []));
  const unknown = [...states].filter((state) => !KNOWN_STATES.test(state) && !before.has(state));
  if (unknown.length > 0)
    log.warn({ states: unknown }, 'Mode lists members in states that are not known: not active');
}

/** The light list may leave people out whom the full one has: they are not gone. */
async function withMissed(
  { target }: WorkContext,
  known: readonly ObservedMember[],
  read: readonly ObservedMember[],
): Promise<readonly ObservedMember[]> {
  if (read.length === 0 || target.findMembers === undefined) return read;
  const listed = new Set(read.map((member) => member.memberToken));
  const missed = known.filter((member) => member.state === 'active' && !listed.has(member.memberToken));
  return missed.length === 0 ? read : [...read, ...(await target.findMembers(missed))];
}

/** A key that may not list groups still serves the people. @throws TargetError for every other failure, ShortReadError */
export async function refreshGroups(context: WorkContext): Promise<void> {
  const { workspace, store, target, clock, locks, log } = context;
  const since = clock.now();
  const read = await target.readGroups().catch((error: unknown) => {
    if (!(error instanceof TargetError) || error.kind !== 'forbidden') throw error;
    log.warn({ reason: error.message }, 'the groups may not be read: they are left alone');
    return undefined;
  });
  if (read === undefined) return;
  await locks.hold([GROUP_ROWS], async () => {
    const at = clock.now();
    const before = await store.observedGroups(workspace);
    const takenAway = await store.removedOnMode(workspace, 'groups');
    const { upsert, remove, changed, behind } = believing(context, 'groups', (believe) =>
      mergeGroups(before, read, at, takenAway, believe),
    );
    const tokens = [...changed.map((group) => group.token), ...remove];
    const subjects = await store.groupsBehind(workspace, tokens);
    await store.record({
      workspace,
      at,
      groups: { upsert, remove },
      read: { list: 'groups', since, how: 'groups', behind },
      changes: [
        ...changed.map(({ token, name }) => groupChange(token, name, subjectOf(token, subjects))),
        ...remove.map((token) => groupChange(token, null, subjectOf(token, subjects))),
      ],
      wake: [...subjects.values()].map((id) => ({ subject: { kind: 'group', id }, verifying: false })),
    });
  });
}

/** Believes a short list when it has been short for long. @throws ShortReadError */
function believing<T>({ doubts }: WorkContext, list: string, merge: (believe: boolean) => T): T {
  try {
    const merged = merge(doubts.believes(list));
    doubts.end(list);
    return merged;
  } catch (error) {
    if (error instanceof ShortReadError) doubts.raise(list);
    throw error;
  }
}

function userSubject(member: ObservedMember, people: readonly PersonBehind[]): Subject | null {
  const person = people.find((candidate) => candidate.memberKey === memberKey(member));
  return person === undefined ? null : { kind: 'user', id: person.userId };
}

export function subjectOf(token: string, behind: ReadonlyMap<string, string>): Subject | null {
  const id = behind.get(token);
  return id === undefined ? null : { kind: 'group', id };
}

/** A person who comes or goes on Mode concerns their groups too. */
function wakePerson({ userId, groupIds }: PersonBehind): Wake[] {
  return [
    { subject: { kind: 'user', id: userId }, verifying: false },
    ...groupIds.map((id): Wake => ({ subject: { kind: 'group', id }, verifying: false })),
  ];
}
