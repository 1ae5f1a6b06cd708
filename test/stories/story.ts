/** Tells a story: each step happens in the world and in the model, and the world has to end as the model says. */
import { checkEnd } from './checks.ts';
import { tellStep } from './happen.ts';
import { createIdp } from './idp.ts';
import { createModel } from './model.ts';
import type { Step } from './step.ts';
import { pass, SECOND_MS, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';
import type { World } from './world.ts';

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

export async function tellStory(
  world: World,
  steps: readonly Step[],
  transcript: Transcript,
  windowMs: number,
): Promise<void> {
  const model = createModel();
  for (const { email, admin = false } of MODE_AT_FIRST.members) model.unmanaged.set(email, { email, admin });
  for (const { name, members } of MODE_AT_FIRST.groups) model.groupsOfMode.set(name, new Set(members));
  const idp = createIdp(world, transcript.heard);
  const told: Told = {
    world,
    model,
    idp,
    windowMs,
    failed: { ms: 0 },
    verified: new Set(),
    pending: new Map(),
    oldLinks: { used: false },
    unwantedSince: new Map(),
  };
  await pass(told, transcript, 10 * SECOND_MS);
  for (const step of steps) {
    await tellStep(told, step, transcript);
    await pass(told, transcript, step.pass * SECOND_MS);
  }
  await checkEnd(told, transcript);
}
