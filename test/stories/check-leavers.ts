/** Whether the clocks of leavers say what happened: none ends before Mode showed it, and at the end none runs. */
import type { Leaver } from '../../src/provisioning/leaver/leaver.ts';
import { ownerOf } from './model.ts';
import type { Told } from './told.ts';

const MAX = 1_000;

/** @throws when somebody counts as out who is still in Mode with the account that was removed */
export async function watchLeavers(told: Told): Promise<void> {
  const { world, model, verified, oldLinks } = told;
  const members = new Map(
    world.sandbox.control.state().members.map((member) => [member.member_token, member]),
  );
  for (const leaver of await leaversIn(told)) {
    if (leaver.verifiedAt === null || verified.has(leaver.id)) continue;
    verified.add(leaver.id);
    const member = leaver.account === null ? undefined : members.get(leaver.account);
    if (member?.state !== 'active' || oldLinks.used) continue;
    // The address is somebody else's, or theirs again.
    if (ownerOf(model, member.email) !== undefined || model.unmanaged.has(member.email)) continue;
    throw new Error(`${member.email} counts as out and is active: ${JSON.stringify(leaver)}`);
  }
}

/** @throws when a clock still runs, or somebody who has left has none */
export async function checkLeavers(told: Told): Promise<void> {
  const leavers = await leaversIn(told);
  const running = leavers.filter(
    ({ verifiedAt, cancelledAt }) => verifiedAt === null && cancelledAt === null,
  );
  if (running.length > 0) throw new Error(`Clocks of leavers still run: ${JSON.stringify(running)}`);
  for (const person of told.model.people.values()) {
    const id = told.idp.ids.get(person.key);
    // The clock may have been set back in between; ids rise.
    const own = leavers.filter(({ userId }) => userId === id).sort((a, b) => (a.id < b.id ? -1 : 1));
    const last = own.at(-1);
    const isVerified = last !== undefined && last.verifiedAt !== null;
    if (!person.active && person.leftAt !== undefined && !isVerified)
      throw new Error(`${person.key} has left, and no clock says when: ${JSON.stringify(last)}`);
  }
}

/** Newest first. */
async function leaversIn({ world }: Told): Promise<readonly Leaver[]> {
  const bridge = world.bridges.find(({ life }) => life.alive);
  return (await bridge?.store.leavers.list('acme', { from: 0, limit: MAX })) ?? [];
}
