/** Removals that the breaker holds in a story: too many leave at once, and the IdP or an operator decides about them. */
import { TOKENS } from '../acceptance/boot.ts';
import type { Step } from './step.ts';
import { MINUTE_MS, pass, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';
import type { World } from './world.ts';

/** The bridge has removed by then whom it may. */
const TRIPPED_MS = 12 * MINUTE_MS;

/** A wrong filter in the IdP: everybody leaves at once. Then the IdP takes it back, or an operator approves it. */
export async function everybodyLeaves(
  told: Told,
  step: Step,
  transcript: Transcript,
  tellStep: (told: Told, step: Step, transcript: Transcript) => Promise<void>,
): Promise<void> {
  const leavers = [...told.model.people.values()].filter(({ active }) => active).map(({ key }) => key);
  const each = async (what: 'leave' | 'come back') => {
    for (const key of leavers) await tellStep(told, { ...step, what, who: Number(key.slice(1)) }, transcript);
  };
  await each('leave');
  await pass(told, transcript, TRIPPED_MS);
  if (step.other % 2 === 0) await each('come back');
  else await approveHolds(told, transcript);
}

export async function approveHolds({ world }: Pick<Told, 'world'>, transcript: Transcript): Promise<void> {
  transcript.approved();
  await approveAll(world);
}

/** An operator approves everything that is held. */
export async function approveAll(world: World): Promise<void> {
  const answer = await world.send('admin', {
    method: 'POST',
    path: '/admin/api/holds/approve',
    headers: { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ all: true }),
  });
  if (answer !== undefined && answer.status !== 200)
    throw new Error(`What is held was not approved: ${answer.text}`);
}

/** The addresses of people whose removal is held. */
export async function heldAddresses({ bridges }: World): Promise<ReadonlySet<string>> {
  const store = bridges.find(({ life }) => life.alive)?.store;
  const holds = (await store?.holds.list('acme', { limit: 100 })) ?? [];
  return new Set(holds.flatMap(({ operation, name }) => (operation === 'remove_member' ? [name] : [])));
}
