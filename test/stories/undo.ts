/** A mistake in the IdP that an operator undoes, and the IdP corrects after that. */
import { TOKENS } from '../acceptance/boot.ts';
import { isAdmin, sayPerson } from './access-back.ts';
import type { Answer } from './bridge.ts';
import { ownersOf, wish, type Person } from './model.ts';
import { take } from './people.ts';
import type { Step } from './step.ts';
import { MINUTE_MS, pass, SECOND_MS, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';
import type { World } from './world.ts';

/** The bridge has removed by then whom it may. */
const DONE_MS = 12 * MINUTE_MS;
/** How often an operator looks at the plan again, because another one is there by the time they apply it. */
const MAX_PLANS = 5;
const AT = '/admin/api/connections/default/undo';

interface Plan {
  readonly id: string;
  readonly restored: readonly {
    readonly what: string;
    readonly subject: { readonly id: string };
    readonly to: unknown;
  }[];
}

/**
 * People leave, out of a group first. An operator undoes it, and the IdP says the same right after that. So the model is what
 * the IdP believes: whom the undo has brought back is no longer one who comes back, and gets nothing else back.
 */
export async function mistakeAndUndo(
  told: Told,
  step: Step,
  transcript: Transcript,
  tellStep: (told: Told, step: Step, transcript: Transcript) => Promise<void>,
): Promise<void> {
  const { world, model, idp } = told;
  // What people have without the IdP knowing is back, too, and the IdP would not say it again.
  const isKnown = [...model.groups.values()].every((each) => isSame(each.members, each.has));
  const all = [...model.people.values()].filter(
    ({ active, admin, role }) => active && role.held === (admin === true),
  );
  const leavers = step.other % 2 === 0 ? all : all.filter(({ key }) => key === `p${step.who}`);
  if (!isKnown || leavers.length === 0) return;
  const group = model.groups.get(`g${step.group}`);
  const members = leavers.filter(({ key }) => group?.has.has(key) === true);
  await pass(told, transcript, SECOND_MS);
  const from = new Date(world.clock.now()).toISOString();
  await pass(told, transcript, SECOND_MS);
  const each = async (what: Step['what'], people: readonly Person[]) => {
    for (const { key } of people)
      await tellStep(told, { ...step, what, who: Number(key.slice(1)) }, transcript);
  };
  await each('remove member', members);
  await each('leave', leavers);
  await pass(told, transcript, DONE_MS);
  await undo(told, from);
  for (const person of leavers) {
    const { active } = (await idp.read(`/Users/${idp.ids.get(person.key) ?? ''}`)) as { active: boolean };
    if (!active) continue;
    bringBack(told, person);
    // The role that Mode had of somebody about whose role the IdP says nothing is back, if the bridge had seen it.
    if (person.admin === null) person.role.held = await isAdmin(told, idp.ids.get(person.key) ?? '');
    await sayPerson(told, person, ['active'], step.dialect, true);
  }
  await each('come back', leavers);
  await each('add member', members);
}

/** The directory has them again, as they were before they left. */
function bringBack({ model }: Told, person: Person): void {
  const before = ownersOf(model);
  person.active = true;
  person.left = undefined;
  person.role.taken = undefined;
  for (const { taken } of model.groups.values()) taken.delete(person.key);
  take(model, person);
  for (const [address, owner] of ownersOf(model)) if (before.get(address) !== owner) wish(model, address);
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && one.isSubsetOf(other);
}

async function undo(told: Told, from: string): Promise<void> {
  const { world, idp } = told;
  for (let tries = 0; tries < MAX_PLANS; tries += 1) {
    const shown = await ask(world, AT, { from });
    // Before Mode was read there is no plan, and a clock that was set back knows no such time.
    if (shown === undefined || shown.status === 503 || shown.status === 400) return;
    if (shown.status !== 200) throw new Error(`The undo was answered: ${shown.text}`);
    const { id, restored } = JSON.parse(shown.text) as Plan;
    const applied = await ask(world, `${AT}/apply`, { plan_id: id });
    if (applied?.status === 409) continue;
    // Nobody knows what a bridge did that died before it answered.
    if (applied === undefined) return;
    if (applied.status !== 200) throw new Error(`Applying the undo was answered: ${applied.text}`);
    for (const { what, subject, to } of restored) {
      if (what !== 'access') continue;
      const { active } = (await idp.read(`/Users/${subject.id}`)) as { active: boolean };
      if (active !== to) throw new Error(`The undo did not set back the access of ${subject.id}.`);
    }
    return;
  }
}

async function ask(world: World, path: string, body: object): Promise<Answer | undefined> {
  return world.send('admin', {
    method: 'POST',
    path,
    headers: { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
