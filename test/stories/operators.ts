/** What operators do in a story. */
import { createLinks } from '../../src/operators/links.ts';
import { checkUnlinked, shownOnMode } from './checks.ts';
import type { Person } from './model.ts';
import { goLive, setConnection } from './set-connection.ts';
import type { Step } from './step.ts';
import { MINUTE_MS, pass, SECOND_MS, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';
import type { World } from './world.ts';

/** How long a link is dropped. */
const LINK_MS = 2 * MINUTE_MS;
/** Mode is read in full meanwhile. */
const REPORTED_MS = 130 * MINUTE_MS;

/** An operator says that the account is somebody else's, and takes it back later. Meanwhile nothing says that it is theirs. */
export async function dropAndSetLink(told: Told, person: Person, transcript: Transcript): Promise<void> {
  const { world, idp } = told;
  const store = world.bridges.find(({ life }) => life.alive)?.store.provisioning;
  const id = idp.ids.get(person.key);
  if (store === undefined || id === undefined) return;
  const links = createLinks(store, () => 'Mode', world.clock);
  const token = (await store.linkOf('acme', { kind: 'user', id }))?.token;
  if (token === undefined) return;
  await links.drop('acme', 'user', id);
  await pass(told, transcript, LINK_MS);
  await checkUnlinked(told, person);
  await links.set('acme', 'user', id, token);
  await pass(told, transcript, LINK_MS);
}

/** In shadow or paused, the connection sends nothing to Mode, whatever the IdP pushes and people do there meanwhile. */
export async function holdConnection(
  told: Told,
  step: Step,
  transcript: Transcript,
  tellStep: (told: Told, step: Step, transcript: Transcript) => Promise<void>,
): Promise<void> {
  const { world } = told;
  const state = step.other % 2 === 0 ? 'shadow' : 'paused';
  await setConnection(world, { state });
  transcript.connection({ state });
  // What ran already ends.
  await pass(told, transcript, 20 * SECOND_MS);
  const before = changesOf(world);
  for (const what of ['push', 'add member', 'role on', 'leave'] as const)
    await tellStep(told, { ...step, what, who: what === 'leave' ? step.other : step.who }, transcript);
  const ms = Math.min(step.pass, 7_200) * SECOND_MS;
  told.failed.ms += ms;
  await pass(told, transcript, ms);
  const sent = changesOf(world).filter((route) => !before.includes(route));
  await goLive(world);
  transcript.connection({ state: 'live' });
  if (sent.length > 0) throw new Error(`A connection that is held has changed Mode: ${sent.join(', ')}.`);
}

/** A role that somebody changes by hand in Mode stays so while drift is only reported, and is set back once it is enforced. */
export async function onlyReportDrift(told: Told, person: Person, transcript: Transcript): Promise<void> {
  const { world, idp } = told;
  const [account] = person.account;
  if (!person.active || person.admin === null || account === undefined) return;
  if ((await shownOnMode(idp, person)).delivery !== 'verified') return;
  const { control } = world.sandbox;
  const isAdmin = () => control.state().members.find(({ email }) => email === account)?.admin;
  if (isAdmin() !== person.admin) return;
  const edit = { action: person.admin ? 'demote' : 'promote', email: account } as const;
  await setConnection(world, { drift: 'report' });
  transcript.connection({ drift: 'report' });
  control.uiEdit(edit);
  transcript.edited(edit);
  await pass(told, transcript, REPORTED_MS);
  const stays = isAdmin() !== person.admin;
  await setConnection(world, { drift: 'enforce' });
  transcript.connection({ drift: 'enforce' });
  if (!stays) throw new Error(`The role of ${account} was set back although drift is only reported.`);
}

/** Calls that change something on Mode, with how many there were. */
function changesOf({ sandbox }: World): readonly string[] {
  return Object.entries(sandbox.control.counts().by_route)
    .filter(([route]) => !/^(GET|HEAD) /.test(route))
    .map(([route, count]) => `${route}: ${count}`);
}
