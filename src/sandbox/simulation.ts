/** All that the simulated Mode remembers, so that it can be put back to its beginning. */
import type { Clock } from '../clock.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** The admin that every workspace begins with, and who owns the inviter key. */
const OWNER = { email: 'admin@acme.example', name: 'Acme Admin', username: 'acmeadmin', admin: true };

export interface Simulation {
  readonly slug: string;
  readonly clock: Clock;
  workspace: Workspace;
  settings: Settings;
  traffic: Traffic;
  /** Everything as at the beginning. */
  reset(): void;
  /** An empty workspace, for seeding. */
  emptyWorkspace(): Workspace;
  /** Lets happen what time has brought: invites that are accepted by now. */
  catchUp(): void;
}

export function createSimulation(slug: string, clock: Clock): Simulation {
  const emptyWorkspace = (): Workspace => {
    const workspace = createWorkspace(clock);
    workspace.groups.create('Everyone', { everyone: true });
    return workspace;
  };
  const simulation: Simulation = {
    slug,
    clock,
    emptyWorkspace,
    workspace: emptyWorkspace(),
    settings: structuredClone(DEFAULT_SETTINGS),
    traffic: createTraffic(clock),
    reset: () => {
      simulation.workspace = emptyWorkspace();
      simulation.workspace.add(OWNER);
      simulation.settings = structuredClone(DEFAULT_SETTINGS);
      simulation.traffic = createTraffic(clock);
    },
    catchUp: () => {
      const seconds = simulation.settings.auto_accept_seconds;
      simulation.workspace.acceptDue(seconds < 0 ? undefined : seconds * 1_000);
    },
  };
  simulation.reset();
  return simulation;
}
