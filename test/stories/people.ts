/** What becomes of people and their accounts in the model when the IdP, or somebody in Mode, changes them. */
import { sayPerson } from './access-back.ts';
import { isOwner, ownerOf, type Model, type Person } from './model.ts';
import type { Step } from './step.ts';
import { MINUTE_MS, pass, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';

/** The bridge has seen an accepted invite by then. */
const SEEN_MS = 11 * MINUTE_MS;

/** With Mode well, long enough for the bridge to have seen whether the person has accepted. */
export async function certain(told: Told, transcript: Transcript, person: Person): Promise<void> {
  if (told.world.clock.monotonic() - person.acceptedAt < SEEN_MS) await pass(told, transcript, SEEN_MS);
}

/** Who had the address before is gone, so that it is certain what becomes of their account. */
async function settled(told: Told, transcript: Transcript, address: string): Promise<void> {
  const { model, world } = told;
  const free = ownerOf(model, address) === undefined && !model.unmanaged.has(address);
  const there = world.sandbox.control
    .state()
    .members.some((member) => member.email === address && member.state === 'active');
  if (free && there) await pass(told, transcript, SEEN_MS);
}

export async function comeBack(
  told: Told,
  person: Person,
  dialect: Step['dialect'],
  transcript: Transcript,
): Promise<void> {
  await settled(told, transcript, person.email);
  const { left } = person;
  if (left !== undefined && left !== person.email) await pass(told, transcript, SEEN_MS);
  person.active = true;
  person.left = undefined;
  if (left === undefined || !keep(told, person, left)) take(told.model, person);
  return sayPerson(told, person, ['active'], dialect, false);
}

/** Their removal was held until now: they still have their account, and all that it had. @returns whether it is so */
function keep({ world, model }: Told, person: Person, account: string): boolean {
  const { members, groups = [] } = world.sandbox.control.state();
  const member = members.find(({ email, state }) => email === account && state === 'active');
  const owner = ownerOf(model, account);
  if (member === undefined || (owner !== undefined && owner !== person)) return false;
  person.account = [account];
  model.adminOnMode.set(account, member.admin ?? false);
  for (const { name, members: emails = [] } of groups)
    if (emails.includes(account)) model.groupsOfMode.get(name)?.add(account);
  return true;
}

/** Mode has somebody of that address already: the IdP takes them over. */
export function take(model: Model, person: Person): void {
  if (person.account.length > 0 || !isOwner(model, person)) return;
  const own = model.unmanaged.get(person.email);
  if (own === undefined) return;
  model.unmanaged.delete(person.email);
  person.account = [person.email];
  model.adminOnMode.set(person.email, own.admin);
}

export function leave(model: Model, person: Person): void {
  const owned = isOwner(model, person);
  person.active = false;
  const [account] = person.account;
  person.left = account;
  person.account = [];
  if (owned) for (const address of account === undefined ? [person.email] : [account]) lose(model, address);
}

/** Somebody of that address is out of Mode: nothing that they had there is left. */
export function lose(model: Model, address: string): void {
  model.adminOnMode.delete(address);
  for (const members of model.groupsOfMode.values()) members.delete(address);
}

/** The person of that account has another address in Mode from now on. */
export function move(model: Model, from: string, to: string): void {
  const admin = model.adminOnMode.get(from);
  model.adminOnMode.delete(from);
  if (admin !== undefined) model.adminOnMode.set(to, admin);
  for (const members of model.groupsOfMode.values()) if (members.delete(from)) members.add(to);
}
