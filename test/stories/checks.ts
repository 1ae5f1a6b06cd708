/** Whether the world is as the model says: some of it at every moment, all of it at the end. */
import type { LoggedRequest } from '../../src/directory/requests/logged-request.ts';
import type { RequestPosition } from '../../src/directory/requests/request-store.ts';
import { TOKENS } from '../acceptance/boot.ts';
import { checkAudit } from './check-audit.ts';
import { checkExplain } from './check-explain.ts';
import { modeInLog } from './check-log.ts';
import { checkLeavers } from './check-leavers.ts';
import { checkNotices } from './check-notices.ts';
import { checkStatus } from './check-status.ts';
import { decideAll } from './holds.ts';
import type { Idp } from './idp.ts';
import { addressesOf, isOwner, ownerOf, wantedMembers, type Person } from './model.ts';
import { pass, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';
import { sentences } from '../../src/provisioning/reason/reason.ts';

const MODE_USER = 'urn:ietf:params:scim:schemas:extension:mode:2.0:User';
const MINUTE_MS = 60_000;
/** Mode is read in full once an hour; what is found then takes a while. */
const LONGEST_STAY_MS = 75 * MINUTE_MS;
/** In which the world has to become as it should be. */
const END_LOOKS = 30;
const END_LOOK_MS = 10 * MINUTE_MS;

/**
 * @param held addresses of people whose removal waits for a decision: they may stay until then
 * @throws when a leaver stays too long, or somebody wanted has lost their access
 */
export function watch(told: Told, asleep: boolean, held: ReadonlySet<string>): void {
  const { world, model, unwantedSince, failed } = told;
  const now = world.clock.monotonic();
  const active = activeOf(told);
  for (const address of active) {
    const wanted = model.unmanaged.has(address) || ownerOf(model, address) !== undefined;
    if (wanted) unwantedSince.delete(address);
    else if (!unwantedSince.has(address) || held.has(address)) unwantedSince.set(address, now);
    const since = unwantedSince.get(address);
    if (since !== undefined && now - since > LONGEST_STAY_MS + failed.ms && !asleep)
      throw new Error(
        `${address} is still active ${Math.round((now - since) / MINUTE_MS)} minutes after nobody wanted them.`,
      );
  }
  for (const address of unwantedSince.keys()) if (!active.has(address)) unwantedSince.delete(address);
  for (const person of model.people.values()) {
    const [account] = person.account;
    if (account !== undefined && isOwner(model, person) && !active.has(account))
      throw new Error(`${person.key} (${account}) has lost access although the IdP wants them.`);
  }
  for (const { email } of model.unmanaged.values())
    if (!active.has(email)) throw new Error(`${email}, whom nobody has pushed, has lost access.`);
}

function activeOf({ world }: Told): Set<string> {
  const { members } = world.sandbox.control.state();
  return new Set(members.filter((member) => member.state === 'active').map((member) => member.email));
}

/** Lets everybody accept and do their tasks, until all is as it should be or time enough has passed. */
export async function checkEnd(told: Told, transcript: Transcript): Promise<void> {
  const { world } = told;
  await world.revive();
  let problem: Error | undefined;
  for (let look = 0; look < END_LOOKS; look += 1) {
    await world.doTasks();
    await decideAll(world, 'approve');
    acceptAll(told);
    await pass(told, transcript, END_LOOK_MS);
    problem = await problemOf(told);
    if (problem === undefined) return;
  }
  transcript.ended(wantedState(told));
  throw problem ?? new Error('Nobody has looked.');
}

function acceptAll({ world, model }: Told): void {
  for (const address of world.sandbox.control.acceptInvites({})) {
    const owner = ownerOf(model, address);
    if (owner !== undefined) owner.account = [address];
  }
}

async function problemOf(told: Told): Promise<Error | undefined> {
  try {
    checkMode(told);
    await checkTasks(told);
    checkInvites(told);
    await checkScim(told);
    await checkFeed(told);
    await checkStatus(told);
    await checkExplain(told);
    assertSame('the change log', await modeInLog(told), wantedState(told));
    await checkRequestLog(told);
    await checkLeavers(told);
    checkNotices(told);
    await checkAudit(told);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Every request is in the log, but for the last ones of a bridge that was killed, and nobody's address is. */
async function checkRequestLog({ world }: Told): Promise<void> {
  const store = world.bridges[0]?.store.requests;
  // What was sent last is written a moment later.
  await world.pass(10_000);
  const { sent, maybeLost } = world.scimRequests();
  let [count, before]: [number, RequestPosition | undefined] = [0, undefined];
  do {
    const page: readonly LoggedRequest[] = (await store?.list('acme', { before, limit: 1_000 })) ?? [];
    const text = JSON.stringify(page);
    if (/@|x\.test|acme\.example/.test(text)) throw new Error(`The request log has an address: ${text}`);
    count += page.length;
    before = page.at(-1);
  } while (before !== undefined);
  if (count <= sent && count >= sent - maybeLost) return;
  throw new Error(`The request log has ${count} of ${sent} requests, of which it may lack ${maybeLost}.`);
}

function checkMode(told: Told): void {
  const { world } = told;
  const state = world.sandbox.control.state();
  const has = {
    members: state.members.map(({ email, admin, state: is }) => ({ email, state: is, admin })),
    groups: (state.groups ?? []).map(({ name, members }) => ({ name, members: [...(members ?? [])].sort() })),
  };
  assertSame('Mode', has, wantedState(told));
}

/** As Mode should be; where the model leaves a choice, as Mode is. */
function wantedState({ world, model }: Told) {
  const state = world.sandbox.control.state();
  const active = new Map(state.members.map((member) => [member.email, member]));
  const members = wantedMembers(model).map(({ addresses, admin }) => {
    const email = addresses.find((address) => active.has(address)) ?? addresses[0] ?? '';
    return { email, state: 'active', admin: admin ?? active.get(email)?.admin ?? false };
  });
  const groups = [...model.groups.values()].map(({ name, has: keys }) => {
    const emails = [...keys].flatMap((key) => {
      const person = model.people.get(key);
      if (person === undefined || !isOwner(model, person)) return [];
      return addressesOf(person).find((address) => active.has(address)) ?? addressesOf(person)[0] ?? [];
    });
    return { name, members: [...new Set(emails)].sort() };
  });
  const own = [...model.groupsOfMode].map(([name, emails]) => ({ name, members: [...emails].sort() }));
  const byEmail = (a: { email: string }, b: { email: string }) => (a.email < b.email ? -1 : 1);
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  return { members: members.sort(byEmail), groups: [...groups, ...own].sort(byName) };
}

/** Nobody is invited twice for one wish; an old link that was used is somebody else's doing. */
function checkInvites({ world, model }: Told): void {
  for (const [address, sent] of Object.entries(world.sandbox.control.invitesSent())) {
    const wishes = model.wishes.get(address) ?? 0;
    if (sent > wishes) throw new Error(`${address} was invited ${sent} times and wanted ${wishes} times.`);
  }
}

/** Whom an operator has taken an account from is not said to have it. @throws when they are */
export async function checkUnlinked({ idp }: Told, person: Person): Promise<void> {
  const { state, delivery } = await shownOnMode(idp, person);
  assertSame(
    `SCIM about ${person.key} without a link`,
    { state, delivery },
    { state: 'absent', delivery: 'blocked' },
  );
}

/** What SCIM says of a person in Mode. */
export async function shownOnMode(idp: Idp, { key }: Person): Promise<ShownOnMode> {
  return ((await idp.read(`/Users/${idp.ids.get(key) ?? ''}`)) as ScimUser)[MODE_USER];
}

async function checkTasks({ world }: Told): Promise<void> {
  const bridge = world.bridges[0];
  const open = await bridge?.store.tasks.list('acme', { closed: false, limit: 100 });
  assertSame(
    'open tasks',
    open?.map(({ what, why }) => `${sentences(what) ?? ''} ${why}`),
    [],
  );
}

interface ScimUser {
  readonly userName: string;
  readonly active: boolean;
  readonly [MODE_USER]: ShownOnMode;
}

interface ShownOnMode {
  readonly state: string;
  readonly admin: boolean;
  readonly delivery?: string;
  readonly reason?: string;
}

async function checkScim({ idp, model, world }: Told): Promise<void> {
  const modeState = new Map(world.sandbox.control.state().members.map((member) => [member.email, member]));
  for (const [key, person] of model.people) {
    const id = idp.ids.get(key);
    if (id === undefined) continue;
    const user = (await idp.read(`/Users/${id}`)) as ScimUser;
    const shown = user[MODE_USER];
    if (person.active && !isOwner(model, person)) {
      assertSame(`delivery of ${key}, whose address another has`, shown.delivery, 'blocked');
      continue;
    }
    const address = addressesOf(person).find((each) => modeState.has(each)) ?? '';
    const member = person.active ? modeState.get(address) : undefined;
    const state = person.active
      ? 'active'
      : ['former', 'absent'].includes(shown.state)
        ? shown.state
        : 'former';
    const wanted = {
      active: person.active,
      state,
      admin: person.active ? member?.admin : shown.admin,
      delivery: 'verified',
    };
    const { admin, delivery } = shown;
    assertSame(
      `SCIM about ${key}`,
      { active: user.active, state: shown.state, admin, delivery },
      wanted,
      shown.reason,
    );
  }
}

interface Snapshot {
  accounts: { id: string; email: string | null; state: string; admin: boolean }[];
  groups: { id: string; name: string }[];
  grants: { entitlement_id: string; account_id: string; observed: boolean }[];
}

async function checkFeed(told: Told): Promise<void> {
  const { world } = told;
  const answer = await world.send('public', {
    method: 'GET',
    path: '/feed/v1/snapshot',
    headers: { authorization: `Bearer ${TOKENS.feed}` },
  });
  if (answer === undefined) throw new Error('The feed does not answer.');
  const { accounts, groups, grants } = JSON.parse(answer.text) as Snapshot;
  const emails = new Map(accounts.map((account) => [account.id, account.email]));
  const byEmail = (a: { email: string | null }, b: { email: string | null }) =>
    (a.email ?? '') < (b.email ?? '') ? -1 : 1;
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  const has = {
    members: accounts
      .filter(({ state }) => state === 'active' || state === 'invited')
      .map(({ email, state, admin }) => ({ email, state, admin }))
      .sort(byEmail),
    groups: groups
      .map(({ id, name }) => {
        const held = grants.filter(
          (grant) => grant.observed && grant.entitlement_id === `group:${id}:member`,
        );
        return { name, members: held.map((grant) => emails.get(grant.account_id) ?? '?').sort() };
      })
      .sort(byName),
  };
  assertSame('the feed', has, wantedState(told));
}

function assertSame(what: string, has: unknown, wanted: unknown, note = ''): void {
  const [shown, expected] = [JSON.stringify(has), JSON.stringify(wanted)];
  if (shown !== expected)
    throw new Error(`${what} is not as it should be.\n  is:     ${shown}\n  should: ${expected}\n  ${note}`);
}
