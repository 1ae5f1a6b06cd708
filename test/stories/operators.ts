/** What operators do in a story. */
import { createLinks } from '../../src/operators/links.ts';
import { checkUnlinked } from './checks.ts';
import type { Person } from './model.ts';
import { setConnection } from './set-connection.ts';
import type { Step } from './step.ts';
import { MINUTE_MS, pass, SECOND_MS, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';
import type { World } from './world.ts';

/** How long a link is dropped. */
const LINK_MS = 2 * MINUTE_MS;

/** An operator says that the account is somebody else's, and takes it back later. Meanwhile nothing says that it is theirs. */
export async function dropAndSetLink(told: Told, person: Person, transcript: Transcript): Promise<void> {
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
export async function holdConnection(
  told: Told,
  step: Step,
  transcript: Transcript,
  tellStep: (told: Told, step: Step, transcript: Transcript) => Promise<void>,
): Promise<void> {
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
