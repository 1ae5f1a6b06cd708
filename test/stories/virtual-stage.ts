/** A world in which a recording is played: its requests come a second apart, and what has to become true is waited for in virtual time. */
import { TOKENS } from '../acceptance/boot.ts';
import type { Happening, Recording, Stage } from '../idp/recording.ts';
import type { Sandbox } from '../../src/sandbox/mode/sandbox.ts';
import { decideAll } from './holds.ts';
import { setConnection } from './set-connection.ts';
import { openWorld, type World } from './world.ts';

const SECOND_MS = 1_000;
/** Between two requests of an IdP. */
const PAUSE_MS = SECOND_MS;
/** Waits between two looks, doubling; at the last one it has to be so. */
const FIRST_LOOK_MS = SECOND_MS;
const LOOKS = 14;

export interface VirtualStage extends Stage {
  close(): Promise<void>;
}

export async function openVirtualStage(
  { seed, sandbox = {} }: Pick<Recording, 'seed' | 'sandbox'>,
  { database, profile }: { readonly database: string; readonly profile: string },
): Promise<VirtualStage> {
  const world = await openWorld({
    database,
    sandbox: { profile, auto_accept_seconds: 1, ...sandbox },
    ...(seed === undefined ? {} : { mode: seed as Parameters<Sandbox['control']['putState']>[0] }),
  });
  return {
    tokens: TOKENS,
    send: async (request) => {
      const answer = await world.send('public', request);
      await world.pass(PAUSE_MS);
      return answer;
    },
    mode: () => {
      const { members, groups = [] } = world.sandbox.control.state();
      return Promise.resolve({
        members: members.map(({ email, state = 'active', admin = false }) => ({ email, state, admin })),
        groups: groups.map(({ name, members: emails = [] }) => ({ name, members: emails })),
      });
    },
    eventually: async (check) => {
      for (let look = 0, wait = FIRST_LOOK_MS; ; look += 1, wait *= 2) {
        try {
          await check();
          return;
        } catch (error) {
          if (look === LOOKS) throw error;
          await world.doTasks();
          await world.pass(wait);
        }
      }
    },
    happen: (happening) => happen(world, happening),
    close: () => world.close(),
  };
}

async function happen(world: World, happening: Happening): Promise<void> {
  const { control } = world.sandbox;
  if ('pass' in happening) await world.pass(happening.pass.seconds * SECOND_MS);
  else if ('jump' in happening) world.clock.jump(happening.jump.seconds * SECOND_MS);
  else if ('edit' in happening) control.uiEdit(happening.edit as Parameters<typeof control.uiEdit>[0]);
  else if ('accept' in happening) control.acceptInvites(happening.accept);
  else if ('faults' in happening) control.set({ faults: happening.faults });
  else if ('connection' in happening) await setConnection(world, { state: happening.connection });
  else if ('holds' in happening) await decideAll(world, happening.holds);
  else if ('drift' in happening) await setConnection(world, { drift: happening.drift });
  else if (happening.bridge === 'restart') await world.restart(0);
  else {
    await world.kill(0);
    await world.revive();
  }
}
