/**
 * What people have in the directory, and what the IdP took from them when: what it took around their deactivation they have
 * again when they come back.
 */
import type { Changed, Dialect, MemberChange } from './idp.ts';
import type { Group, Person, Span } from './model.ts';
import { leave } from './people.ts';
import type { Step } from './step.ts';
import { MINUTE_MS, pass, SECOND_MS, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';

/** How long the IdP takes between the groups and the deactivation. */
const BURST_MS = 5 * SECOND_MS;
const LATER_MS = 5 * MINUTE_MS;

/** The IdP changes the members of a group, all of whom it names when it sends the whole group. */
export async function sayMembers(
  told: Told,
  group: Group,
  change: MemberChange,
  dialect: Dialect,
): Promise<void> {
  const span = await timed(told, () => told.idp.changeMembers(group, change, dialect));
  if (change.kind === 'replace' || dialect === 'okta-aiw') {
    has(group, new Set(group.members), span);
    return;
  }
  if (change.kind === 'add') {
    has(group, group.has.union(new Set(change.keys)), span);
    return;
  }
  for (const key of change.keys) {
    const takenAgain = !group.has.has(key) && told.model.people.get(key)?.active === false;
    if (takenAgain && group.taken.has(key)) group.taken.set(key, span);
  }
  has(group, group.has.difference(new Set(change.keys)), span);
}

/** Some IdPs send all members with the name. */
export async function sayName(told: Told, group: Group, dialect: Dialect): Promise<void> {
  const span = await timed(told, () => told.idp.renameGroup(group, dialect));
  if (dialect === 'okta-aiw') has(group, new Set(group.members), span);
}

/** The IdP changes a person. @param before whether they were active */
export async function sayPerson(
  told: Told,
  person: Person,
  changed: readonly Changed[],
  dialect: Dialect,
  before = person.active,
): Promise<void> {
  const span = await timed(told, () => told.idp.updatePerson(person, changed, dialect));
  const put = dialect === 'okta-aiw' || (dialect === 'okta' && changed.join() !== 'active');
  const { role } = person;
  if (before && !person.active) person.leftAt = span;
  if (put || changed.includes('admin')) {
    if (person.admin === true || role.held) role.taken = person.admin === true ? undefined : span;
    else if (put && !before && role.taken !== undefined) role.taken = span;
    role.held = person.admin === true;
  }
  if (!before && person.active) await giveBack(told, person);
}

/** The IdP takes the person out of all groups around the deactivation, and says nothing more. */
export async function leaveWithEmptiedGroups(
  told: Told,
  person: Person,
  { other, group, dialect }: Step,
  transcript: Transcript,
): Promise<void> {
  const { key } = person;
  const gapMs = other % 3 === 0 ? LATER_MS : BURST_MS;
  const takeOut = async () => {
    for (const each of told.model.groups.values()) {
      if (!each.members.delete(key) && !each.has.has(key)) continue;
      await sayMembers(told, each, { kind: 'remove', keys: [key] }, dialect);
    }
  };
  if (group % 2 === 0) {
    await takeOut();
    await pass(told, transcript, gapMs);
  }
  leave(told.model, person);
  await sayPerson(told, person, ['active'], dialect, true);
  if (group % 2 === 0) return;
  await pass(told, transcript, gapMs);
  await takeOut();
}

function has(group: Group, next: Set<string>, span: Span): void {
  for (const key of group.has.difference(next)) group.taken.set(key, span);
  for (const key of next.difference(group.has)) group.taken.delete(key);
  group.has = next;
}

async function giveBack(told: Told, person: Person): Promise<void> {
  const { model, idp } = told;
  const { key, role } = person;
  const id = idp.ids.get(key) ?? '';
  for (const group of model.groups.values()) {
    const taken = group.taken.get(key);
    group.taken.delete(key);
    const isBack = isPart(told, taken, person.leftAt) ?? (await isMember(told, group, id));
    if (isBack) group.has.add(key);
  }
  const { taken } = role;
  role.taken = undefined;
  if (isPart(told, taken, person.leftAt) ?? (await isAdmin(told, id))) role.held = true;
}

/** Whether it was taken within the window around the deactivation; undefined: either, nobody knows when it was taken. */
function isPart({ windowMs }: Told, taken: Span | undefined, left: Span | undefined): boolean | undefined {
  if (taken === undefined || left === undefined || windowMs === 0) return false;
  const most = Math.max(Math.abs(taken.to - left.from), Math.abs(left.to - taken.from));
  const least = Math.max(0, taken.from - left.to, left.from - taken.to);
  if (most <= windowMs) return true;
  return least > windowMs ? false : undefined;
}

async function isMember({ idp }: Told, { key }: Group, id: string): Promise<boolean> {
  const { members = [] } = (await idp.read(`/Groups/${idp.ids.get(key) ?? ''}`)) as {
    members?: readonly { readonly value: string }[];
  };
  return members.some(({ value }) => value === id);
}

/** Whether the directory has them as an admin. */
export async function isAdmin({ idp }: Told, id: string): Promise<boolean> {
  return JSON.stringify(await idp.read(`/Users/${id}?attributes=roles,role`)).includes('"admin"');
}

async function timed({ world }: Told, say: () => Promise<void>): Promise<Span> {
  const from = world.clock.now();
  await say();
  return { from, to: world.clock.now() };
}
