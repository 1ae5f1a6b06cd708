/** Removals that are held in a story: too many leave at once, or somebody is protected, and people or the IdP decide about them. */
import type { Hold } from '../../src/provisioning/gate/hold.ts';
import { TOKENS } from '../acceptance/boot.ts';
import { isOwner, type Person } from './model.ts';
import { certain } from './people.ts';
import { goLive, setConnection } from './set-connection.ts';
import type { Step } from './step.ts';
import { MINUTE_MS, pass, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';
import type { World } from './world.ts';

/** The bridge has removed by then whom it may. */
const TRIPPED_MS = 12 * MINUTE_MS;
/** Longer than the window of the breaker: what is only held goes by itself then. */
const REJECTED_MS = 70 * MINUTE_MS;

type TellStep = (told: Told, step: Step, transcript: Transcript) => Promise<void>;

/** A wrong filter in the IdP: everybody leaves at once. Then an operator approves it, or the IdP takes it back, also after it was rejected. */
export async function everybodyLeaves(
  told: Told,
  step: Step,
  transcript: Transcript,
  tellStep: TellStep,
): Promise<void> {
  const leavers = [...told.model.people.values()].filter(({ active }) => active).map(({ key }) => key);
  const each = async (what: 'leave' | 'come back') => {
    for (const key of leavers) await tellStep(told, { ...step, what, who: Number(key.slice(1)) }, transcript);
  };
  await each('leave');
  await pass(told, transcript, TRIPPED_MS);
  if (step.other % 3 === 0) return approveHolds(told, transcript);
  if (step.other % 3 === 1) await rejectHolds(told, step, transcript);
  await each('come back');
}

export async function approveHolds({ world }: Pick<Told, 'world'>, transcript: Transcript): Promise<void> {
  transcript.decided('approve');
  await decideAll(world, 'approve');
}

/** An operator rejects everything that is held: it stays, however much time passes, also when the connection goes live again. */
async function rejectHolds(told: Told, step: Step, transcript: Transcript): Promise<void> {
  const { world } = told;
  transcript.decided('reject');
  await decideAll(world, 'reject');
  const rejected = (await holdsIn(world)).filter(({ decision }) => decision === 'rejected');
  if (step.who % 2 === 0) {
    await setConnection(world, { state: 'paused' });
    await goLive(world);
  }
  await pass(told, transcript, REJECTED_MS);
  const after = new Set((await holdsIn(world)).map(({ id }) => id));
  for (const { id, operation, name } of rejected) {
    if (!after.has(id))
      throw new Error(`The ${operation} of ${name} was rejected, and is not held any more.`);
    if (operation === 'remove_member')
      assertIn(world, name, 'although an operator has rejected their removal');
  }
}

/** Somebody is protected while the IdP takes everything from them: they keep it until they are not protected any more. */
export async function protectAndLeave(
  told: Told,
  person: Person,
  { step, transcript, tellStep }: { step: Step; transcript: Transcript; tellStep: TellStep },
): Promise<void> {
  const { world } = told;
  await certain(told, transcript, person);
  const [account] = person.account;
  if (!isOwner(told.model, person) || account === undefined) return;
  transcript.bridge('restart');
  await world.configure({ BRIDGE_PROTECTED: account });
  await pass(told, transcript, MINUTE_MS);
  if (isIn(world, account)) {
    await tellStep(told, { ...step, what: 'leave' }, transcript);
    await pass(told, transcript, TRIPPED_MS);
    await decideAll(world, 'approve');
    await pass(told, transcript, TRIPPED_MS);
    assertIn(world, account, 'although they are protected');
    const { kept, held } = await heldWith(world, account);
    if (!held) throw new Error(`The removal of ${account}, who is protected, is not held: ${kept}`);
  }
  transcript.bridge('restart');
  await world.configure({});
}

function isIn({ sandbox }: World, address: string): boolean {
  return sandbox.control.state().members.some(({ email, state }) => email === address && state === 'active');
}

function assertIn(world: World, address: string, why: string): void {
  if (!isIn(world, address)) throw new Error(`${address} has lost access ${why}.`);
}

async function heldWith(world: World, address: string) {
  const holds = await holdsIn(world);
  const held = holds.some(({ name, reason }) => name === address && reason.code === 'protected_person');
  return { held, kept: JSON.stringify(holds) };
}

/** An operator decides about everything that is held and undecided. */
export async function decideAll(world: World, verdict: 'approve' | 'reject'): Promise<void> {
  const answer = await world.send('admin', {
    method: 'POST',
    path: `/admin/api/holds/${verdict}`,
    headers: { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ all: true }),
  });
  if (answer !== undefined && answer.status !== 200)
    throw new Error(`What is held was not decided: ${answer.text}`);
}

/** The addresses of people whose removal is held. */
export async function heldAddresses(world: World): Promise<ReadonlySet<string>> {
  const holds = await holdsIn(world);
  return new Set(holds.flatMap(({ operation, name }) => (operation === 'remove_member' ? [name] : [])));
}

async function holdsIn({ bridges }: World): Promise<readonly Hold[]> {
  const store = bridges.find(({ life }) => life.alive)?.store;
  return (await store?.holds.list('acme', { limit: 100 })) ?? [];
}
