/**
 * Reads Mode and writes down what is new: the observed rows, a change for each difference, and a job for each
 * subject that the difference concerns.
 */
import type { Subject } from '../directory/subject.ts';
import { mergeGroupMembers, mergeGroups } from '../provisioning/merge-groups.ts';
import { mergeMembers } from '../provisioning/merge-members.ts';
import { memberKey, type Wake } from '../provisioning/observation.ts';
import type { ObservedMember } from '../provisioning/observed.ts';
import type { PersonBehind } from '../provisioning/provisioning-store.ts';
import { groupChange, memberChange } from '../provisioning/record-applied.ts';
import { TargetError } from '../provisioning/target.ts';
import type { WorkContext } from './work-context.ts';

/** @throws TargetError when the read fails, ShortReadError when it cannot be believed; nothing is written then. */
export async function refreshMembers(context: WorkContext, believeShort = false): Promise<void> {
  const { workspace, store, target, clock } = context;
  const known = await store.observedMembers(workspace);
  const read = await target.readMembers(known);
  const at = clock.now();
  const { upsert, remove, changed } = mergeMembers(
    await store.observedMembers(workspace),
    read,
    at,
    believeShort,
  );
  const people = await store.peopleBehind(workspace, changed);
  await store.record({
    workspace,
    at,
    members: { upsert, remove },
    read: ['members'],
    changes: changed.map((member) => memberChange(member, userSubject(member, people))),
    wake: people.filter((person) => person.owned).flatMap(wakePerson),
  });
}

/** A key that may not list groups still serves the people. @throws TargetError for every other failure */
export async function refreshGroups({ workspace, store, target, clock, log }: WorkContext): Promise<void> {
  const read = await target.readGroups().catch((error: unknown) => {
    if (!(error instanceof TargetError) || error.kind !== 'forbidden') throw error;
    log.warn({ reason: error.message }, 'the groups may not be read: they are left alone');
    return undefined;
  });
  if (read === undefined) return;
  const at = clock.now();
  const { upsert, remove, changed } = mergeGroups(await store.observedGroups(workspace), read, at);
  const behind = await store.groupsBehind(workspace, [...changed.map((group) => group.token), ...remove]);
  const subjects = [...behind.values()].map((id): Subject => ({ kind: 'group', id }));
  await store.record({
    workspace,
    at,
    groups: { upsert, remove },
    read: ['groups'],
    changes: [
      ...changed.map(({ token, name }) => groupChange(token, name, subjectOf(token, behind))),
      ...remove.map((token) => groupChange(token, null, subjectOf(token, behind))),
    ],
    wake: subjects.map((subject) => ({ subject, verifying: false })),
  });
}

/** Reads the members of one group. A group that is gone has none. @throws TargetError */
export async function refreshGroupMembers(context: WorkContext, groupToken: string): Promise<void> {
  const { workspace, store, target, clock } = context;
  const read = await target.readGroupMembers(groupToken).catch((error: unknown) => {
    if (error instanceof TargetError && error.kind === 'not_found') return undefined;
    throw error;
  });
  // Gone for this key: the list of groups, not this answer, decides whether it still is.
  if (read === undefined) return refreshGroups(context);
  const at = clock.now();
  const { rows: previous } = await store.observedGroupMembers(workspace, groupToken);
  const { rows, added, removed } = mergeGroupMembers(previous, read, at);
  const subject = subjectOf(groupToken, await store.groupsBehind(workspace, [groupToken]));
  const change = (kind: 'mode.group_member_added' | 'mode.group_member_removed') => (memberToken: string) => {
    return { kind, subject, data: { groupToken, memberToken } };
  };
  await store.record({
    workspace,
    at,
    groupMembers: { upsert: rows, remove: previous },
    read: [{ groupToken }],
    changes: [
      ...removed.map(change('mode.group_member_removed')),
      ...added.map(change('mode.group_member_added')),
    ],
    wake: subject !== null && added.length + removed.length > 0 ? [{ subject, verifying: false }] : [],
  });
}

function userSubject(member: ObservedMember, people: readonly PersonBehind[]): Subject | null {
  const person = people.find((candidate) => candidate.memberKey === memberKey(member));
  return person === undefined ? null : { kind: 'user', id: person.userId };
}

function subjectOf(token: string, behind: ReadonlyMap<string, string>): Subject | null {
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
