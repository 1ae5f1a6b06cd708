/** Tells a story: each step happens in the world and in the model, and the world has to end as the model says. */
import type { Sandbox } from '../../src/sandbox/mode/sandbox.ts';
import type { Fault } from '../../src/sandbox/mode/behaviour/fault.ts';
import { createLinks } from '../../src/operators/links.ts';
import { checkEnd, checkUnlinked, watch } from './checks.ts';
import { createIdp, type Changed, type Idp } from './idp.ts';
import {
  createModel,
  isOwner,
  ownerOf,
  ownersOf,
  wish,
  type Group,
  type Model,
  type Person,
} from './model.ts';
import { setConnection } from './set-connection.ts';
import type { Step } from './step.ts';
import type { Transcript } from './transcript.ts';
import type { World } from './world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** The bridge has seen an accepted invite by then. */
const SEEN_MS = 11 * MINUTE_MS;
/** Time passes in pieces, and after each everything is looked at. */
const LOOK_MS = 20 * MINUTE_MS;
/** How long a link is dropped. */
const LINK_MS = 2 * MINUTE_MS;
/** A longer time is slept through, but for an hour at its end. */
const AWAKE_MS = 3 * HOUR_MS;

/** What Mode has before the story begins. */
export const MODE_AT_FIRST = {
  members: [
    { email: 'admin@acme.example', name: 'Acme Admin', username: 'acmeadmin', admin: true },
    { email: 'p4@x.test', name: 'Old Hand', username: 'oldhand' },
    { email: 'p5@x.test', name: 'Old Admin', username: 'oldadmin', admin: true },
    { email: 'stays@x.test', name: 'Stays', username: 'stays' },
  ],
  groups: [
    { name: 'Crew', members: ['p4@x.test', 'stays@x.test'] },
    { name: 'Group 2', members: ['p5@x.test'] },
  ],
};

const FAULTS: readonly Fault[] = [
  { for_requests: 1_000_000, status: 503 },
  { for_requests: 1_000_000, status: 429, retry_after: 7 },
  { for_requests: 1_000_000, status: 200, body: 'login_page' },
  { for_requests: 1_000_000, connection: 'reset' },
  { for_requests: 3, applied: true, connection: 'reset' },
  { for_requests: 2, applied: true, status: 502, body: 'html' },
  { for_requests: 1_000_000, method: 'GET', body: 'empty_list' },
  { for_requests: 1_000_000, method: 'GET', body: 'short_list' },
  { for_requests: 5, method: 'GET', body: 'truncated' },
  { for_requests: 1_000_000, method: 'POST', status: 500 },
  { for_requests: 1_000_000, method: 'DELETE', status: 500 },
  { for_requests: 1_000_000, connection: 'hang' },
  { for_requests: 1_000_000, method: 'POST', applied: true, connection: 'hang' },
];

export interface Told {
  readonly world: World;
  readonly model: Model;
  readonly idp: Idp;
  /** How long Mode has failed in all. Milliseconds. */
  readonly failed: { ms: number };
  /** Since when nobody has wanted an address. */
  readonly unwantedSince: Map<string, number>;
}

export async function tellStory(world: World, steps: readonly Step[], transcript: Transcript): Promise<void> {
  const model = createModel();
  for (const { email, admin = false } of MODE_AT_FIRST.members) model.unmanaged.set(email, { email, admin });
  for (const { name, members } of MODE_AT_FIRST.groups) model.groupsOfMode.set(name, new Set(members));
  const idp = createIdp(world, transcript.heard);
  const told: Told = { world, model, idp, failed: { ms: 0 }, unwantedSince: new Map() };
  await pass(told, transcript, 10 * SECOND_MS);
  for (const step of steps) {
    await tellStep(told, step, transcript);
    await pass(told, transcript, step.pass * SECOND_MS);
  }
  await checkEnd(told, transcript);
}

export async function pass(told: Told, transcript: Transcript, ms: number): Promise<void> {
  if (ms === 0) return;
  transcript.passed(ms);
  let left = ms;
  if (ms > AWAKE_MS) {
    // The machine sleeps.
    told.world.clock.leap(ms - HOUR_MS);
    left = HOUR_MS;
  }
  while (left > 0) {
    const piece = Math.min(left, LOOK_MS);
    await told.world.pass(piece);
    left -= piece;
    // Where Mode refuses a removal, a person makes it soon.
    await told.world.doTasks('remove_member');
    watch(told, ms > AWAKE_MS && left > 0);
  }
}

type Edit = Parameters<Sandbox['control']['uiEdit']>[0];

/** Counts which addresses came to be wanted. */
async function tellStep(told: Told, step: Step, transcript: Transcript): Promise<void> {
  const { model } = told;
  const before = ownersOf(model);
  await happen(told, step, transcript);
  for (const [address, owner] of ownersOf(model)) if (before.get(address) !== owner) wish(model, address);
}

async function happen(told: Told, step: Step, transcript: Transcript): Promise<void> {
  const { world, model, idp } = told;
  const { dialect } = step;
  const key = `p${step.who}`;
  const person = model.people.get(key);
  const other = model.people.get(`p${step.other}`);
  const groupKey = `g${step.group}`;
  const group = model.groups.get(groupKey);

  const update = (changed: readonly Changed[]) =>
    person === undefined ? Promise.resolve() : idp.updatePerson(person, changed, dialect);
  const edit = (given: Edit): boolean => {
    try {
      world.sandbox.control.uiEdit(given);
      transcript.edited(given);
      return true;
    } catch {
      return false;
    }
  };

  switch (step.what) {
    case 'push': {
      if (person?.active === true) return;
      if (person !== undefined) return comeBack(told, person, dialect, transcript);
      const email = `${key}@x.test`;
      const hired: Person = {
        key,
        userName: `${key}-${model.born}@x.test`,
        email,
        active: true,
        admin: null,
        born: model.born,
        account: [],
        acceptedAt: -Infinity,
      };
      model.born += 1;
      model.people.set(key, hired);
      take(model, hired);
      return idp.pushPerson(hired, dialect);
    }
    case 'leave':
      if (person?.active !== true) return;
      leave(model, person);
      return update(['active']);
    case 'join and leave one after the other':
      // Within minutes, so that what is known of Mode is always a little old.
      for (const who of [step.who, step.who + 1, step.who + 2]) {
        if (model.people.get(`p${who}`)?.active === true) continue;
        await tellStep(told, { ...step, who, what: 'push' }, transcript);
        await pass(told, transcript, 20 * SECOND_MS);
        await happen(told, { ...step, who, what: 'accept' }, transcript);
        await pass(told, transcript, MINUTE_MS);
        await tellStep(told, { ...step, who, what: 'leave' }, transcript);
        await pass(told, transcript, MINUTE_MS);
      }
      return;
    case 'come back':
      if (person === undefined || person.active) return;
      return comeBack(told, person, dialect, transcript);
    case 'delete':
      if (person === undefined) return;
      leave(model, person);
      model.people.delete(key);
      for (const { members } of model.groups.values()) members.delete(key);
      return idp.deletePerson(person);
    case 'change userName':
      if (person === undefined) return;
      person.userName = `${key}-renamed-${model.born}@x.test`;
      model.born += 1;
      return update(['userName']);
    case 'change address': {
      if (person === undefined) return;
      const addresses = [`${key}@x.test`, `${key}.new@x.test`, `p${step.other}@x.test`];
      const next = addresses.filter((address) => address !== person.email)[step.group % 2] ?? person.email;
      await certain(told, transcript, person);
      person.email = next;
      if (person.active) take(model, person);
      return update(['email']);
    }
    case 'swap addresses':
      if (person === undefined || other === undefined || person === other) return;
      await certain(told, transcript, person);
      await certain(told, transcript, other);
      [person.email, other.email] = [other.email, person.email];
      await update(['email']);
      return idp.updatePerson(other, ['email'], dialect);
    case 'leave with the address of another':
      if (person?.active !== true || other === undefined) return;
      await certain(told, transcript, person);
      leave(model, person);
      person.email = other.email;
      return update(['active', 'email']);
    case 'role on':
    case 'role off':
      // Until the IdP has named a role, the role is Mode's own.
      if (person === undefined || (person.admin === null && step.what === 'role off')) return;
      person.admin = step.what === 'role on';
      return update(['admin']);
    case 'push group':
      if (group !== undefined) return;
      return pushGroup(told, groupKey, step);
    case 'rename group':
      if (group === undefined) return;
      group.name = `${groupKey} renamed ${model.born}`;
      model.born += 1;
      return idp.renameGroup(group, dialect);
    case 'delete group':
      if (group === undefined) return;
      model.groups.delete(groupKey);
      return idp.deleteGroup(group);
    case 'add member':
      if (group === undefined || person === undefined) return;
      group.members.add(key);
      return idp.changeMembers(group, { kind: 'add', keys: [key] }, dialect);
    case 'remove member':
      if (group?.members.delete(key) !== true) return;
      return idp.changeMembers(group, { kind: 'remove', keys: [key] }, dialect);
    case 'replace members':
    case 'empty group':
      if (group === undefined) return;
      group.members.clear();
      for (const each of step.what === 'empty group' ? [] : [person, other])
        if (each !== undefined) group.members.add(each.key);
      return idp.changeMembers(group, { kind: 'replace' }, dialect);

    case 'accept':
      if (person !== undefined) accept(told, transcript, [person.email]);
      return;
    case 'accept all':
      accept(told, transcript, undefined);
      return;
    case 'accept by an old link':
      accept(told, transcript, undefined, true);
      return;
    case 'promote':
    case 'demote': {
      const [account] = person?.account ?? [];
      if (person?.active !== true || account === undefined) return;
      if (!edit({ action: step.what, email: account })) return;
      if (person.admin === null) model.adminOnMode.set(account, step.what === 'promote');
      return;
    }
    case 'remove by hand': {
      const [account] = person?.account ?? [];
      if (person?.active !== true || account === undefined) return;
      if (!edit({ action: 'remove', email: account })) return;
      lose(model, account);
      person.account = [];
      wish(model, person.email);
      return;
    }
    case 'change address by hand': {
      const [account] = person?.account ?? [];
      const to = `${key}.by-hand-${model.born}@x.test`;
      if (person?.active !== true || account === undefined) return;
      if (!edit({ action: 'change_email', email: account, to })) return;
      model.born += 1;
      move(model, account, to);
      person.account = [to];
      return;
    }
    case 'drop and set a link': {
      // A user whose account has another address would be invited under their own.
      if (person?.active !== true || person.account.length !== 1 || person.account[0] !== person.email)
        return;
      await certain(told, transcript, person);
      return dropAndSetLink(told, person, transcript);
    }
    case 'hold the connection':
      return holdConnection(told, step, transcript);
    case 'regroup by hand': {
      const [account] = person?.account ?? [];
      if (group === undefined || account === undefined) return;
      if (!edit({ action: 'add_to_group', email: account, group: group.name }))
        edit({ action: 'remove_from_group', email: account, group: group.name });
      return;
    }
    case 'rename group by hand':
      if (group !== undefined)
        edit({ action: 'rename_group', group: group.name, name: `By hand ${model.born}` });
      model.born += 1;
      return;

    case 'Mode fails': {
      const fault = FAULTS[(step.who * 6 + step.other) % FAULTS.length];
      if (fault === undefined) return;
      transcript.failing(fault);
      world.fault({ ...fault });
      const ms = Math.min(Math.max(step.pass, 20), 7_200) * SECOND_MS;
      told.failed.ms += ms;
      await pass(told, transcript, ms);
      world.healthy();
      transcript.failing(undefined);
      return;
    }
    case 'restart':
      transcript.bridge('restart');
      return world.restart(step.other % world.bridges.length);
    case 'kill': {
      const index = step.other % world.bridges.length;
      transcript.bridge('kill');
      if (step.who % 2 === 0) {
        world.bridges[index]?.life.killAfter(step.who * 7 + step.group, step.other % 2 === 0);
        await pass(told, transcript, 5 * SECOND_MS);
      }
      await world.kill(index);
      await pass(told, transcript, (step.pass % 60) * SECOND_MS);
      return world.revive();
    }
    case 'pause a bridge': {
      const life = world.bridges[step.other % world.bridges.length]?.life;
      transcript.bridge('pause');
      life?.pause();
      const ms = Math.min(step.pass, 900) * SECOND_MS;
      if (world.bridges.length > 1) await pass(told, transcript, ms);
      else world.clock.leap(ms);
      told.failed.ms += ms;
      life?.resume();
      return;
    }
    case 'the clock jumps': {
      const ms = (step.other - 2) * HOUR_MS;
      transcript.jumped(ms);
      world.clock.jump(ms);
      await pass(told, transcript, 20 * SECOND_MS);
      world.clock.jump(-ms);
      return;
    }
    case 'the clock is set': {
      const ms = (step.other - 2) * HOUR_MS;
      transcript.jumped(ms);
      world.clock.jump(ms);
      return;
    }
    case 'time passes':
      return;
  }
}

/** With Mode well, long enough for the bridge to have seen whether the person has accepted. */
async function certain(told: Told, transcript: Transcript, person: Person): Promise<void> {
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

async function comeBack(
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
  take(told.model, person);
  return told.idp.updatePerson(person, ['active'], dialect);
}

/** Mode has somebody of that address already: the IdP takes them over. */
function take(model: Model, person: Person): void {
  if (person.account.length > 0 || !isOwner(model, person)) return;
  const own = model.unmanaged.get(person.email);
  if (own === undefined) return;
  model.unmanaged.delete(person.email);
  person.account = [person.email];
  model.adminOnMode.set(person.email, own.admin);
}

function leave(model: Model, person: Person): void {
  const owned = isOwner(model, person);
  person.active = false;
  const [account] = person.account;
  person.left = account;
  person.account = [];
  if (owned) for (const address of account === undefined ? [person.email] : [account]) lose(model, address);
}

/** Somebody of that address is out of Mode: nothing that they had there is left. */
function lose(model: Model, address: string): void {
  model.adminOnMode.delete(address);
  for (const members of model.groupsOfMode.values()) members.delete(address);
}

/** The person of that account has another address in Mode from now on. */
function move(model: Model, from: string, to: string): void {
  const admin = model.adminOnMode.get(from);
  model.adminOnMode.delete(from);
  if (admin !== undefined) model.adminOnMode.set(to, admin);
  for (const members of model.groupsOfMode.values()) if (members.delete(from)) members.add(to);
}

/** An operator says that the account is somebody else's, and takes it back later. Meanwhile nothing says that it is theirs. */
async function dropAndSetLink(told: Told, person: Person, transcript: Transcript): Promise<void> {
  const { world, idp } = told;
  const store = world.bridges.find(({ life }) => life.alive)?.store.provisioning;
  const id = idp.ids.get(person.key);
  if (store === undefined || id === undefined) return;
  const links = createLinks(store, world.clock);
  const token = (await store.linkOf('acme', { kind: 'user', id }))?.token;
  if (token === undefined) return;
  await links.drop('acme', 'user', id);
  await pass(told, transcript, LINK_MS);
  await checkUnlinked(told, person);
  await links.set('acme', 'user', id, token);
  await pass(told, transcript, LINK_MS);
}

/** In shadow or paused, the connection sends nothing to Mode, whatever the IdP pushes and people do there meanwhile. */
async function holdConnection(told: Told, step: Step, transcript: Transcript): Promise<void> {
  const { world } = told;
  const state = step.other % 2 === 0 ? 'shadow' : 'paused';
  await setConnection(world, state);
  transcript.connection(state);
  // What ran already ends.
  await pass(told, transcript, 20 * SECOND_MS);
  const before = changesOf(world);
  for (const what of ['push', 'add member', 'role on', 'leave'] as const)
    await tellStep(told, { ...step, what, who: what === 'leave' ? step.other : step.who }, transcript);
  const ms = Math.min(step.pass, 7_200) * SECOND_MS;
  told.failed.ms += ms;
  await pass(told, transcript, ms);
  const sent = changesOf(world).filter((route) => !before.includes(route));
  await setConnection(world, 'live');
  transcript.connection('live');
  if (sent.length > 0) throw new Error(`A connection that is held has changed Mode: ${sent.join(', ')}.`);
}

/** Calls that change something on Mode, with how many there were. */
function changesOf({ sandbox }: World): readonly string[] {
  return Object.entries(sandbox.control.counts().by_route)
    .filter(([route]) => !/^(GET|HEAD) /.test(route))
    .map(([route, count]) => `${route}: ${count}`);
}

async function pushGroup({ idp, model }: Told, key: string, step: Step): Promise<void> {
  const name = `Group ${step.group}`;
  const members = new Set([`p${step.who}`, `p${step.other}`].filter((each) => model.people.has(each)));
  const group: Group = { key, name, members };
  model.groups.set(key, group);
  model.groupsOfMode.delete(name);
  return idp.pushGroup(group, step.dialect);
}

function accept(told: Told, transcript: Transcript, emails: string[] | undefined, old = false): void {
  const { world, model } = told;
  const accepted = world.sandbox.control.acceptInvites({ ...(emails === undefined ? {} : { emails }), old });
  transcript.accepted(accepted, old);
  for (const address of accepted) {
    const owner = ownerOf(model, address);
    if (owner === undefined) continue;
    owner.account = [address];
    owner.acceptedAt = world.clock.monotonic();
    if (!model.adminOnMode.has(address)) model.adminOnMode.set(address, false);
  }
}
