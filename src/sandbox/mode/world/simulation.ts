/** All that the simulated Mode remembers, so that it can be put back to its beginning. */
import type { Clock } from '../../../clock.ts';
import { createAuditLog, type AuditLog } from './audit-log.ts';
import { createDiscoveryTokens, type DiscoveryTokens } from './discovery-tokens.ts';
import { isOver, startFault, type Fault } from '../behaviour/fault.ts';
import { createMeetFault, type MeetFault } from '../behaviour/meet-fault.ts';
import type { NewToken } from './new-token.ts';
import { createRateLimit, type RateLimit } from '../behaviour/rate-limit.ts';
import { mergeSettings, settingsOf, type Settings, type SettingsPatch } from '../behaviour/settings.ts';
import { createTraffic, type Traffic } from '../behaviour/traffic.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** The admin that every workspace begins with, and who owns the inviter key. */
const OWNER = { email: 'admin@acme.example', name: 'Acme Admin', username: 'acmeadmin', admin: true };

/** What is forgotten with a new beginning, but for the settings. */
interface Memory {
  readonly traffic: Traffic;
  readonly rateLimit: RateLimit;
  readonly meetFault: MeetFault;
  readonly audit: AuditLog;
  readonly discovery: DiscoveryTokens;
}

export interface Simulation {
  readonly slug: string;
  readonly clock: Clock;
  workspace(): Workspace;
  settings(): Settings;
  memory(): Memory;
  change(patch: SettingsPatch): void;
  /** One fault more. @returns what takes this one off, and nothing else */
  addFault(fault: Fault): () => void;
  /** Everything as at the beginning. */
  reset(): void;
  /** Another workspace instead; when `fill` throws, the present one stays. */
  replaceWorkspace(fill: (workspace: Workspace) => void): void;
  /** Lets happen what time has brought: accepted and expired invites, deletions that are done, faults that are over. */
  catchUp(): void;
}

/** @param start what differs from the profile `kind` at every beginning */
export function createSimulation(
  slug: string,
  clock: Clock,
  start: SettingsPatch,
  newToken: NewToken,
): Simulation {
  let settings = begun(mergeSettings(settingsOf('kind'), start));
  let workspace = emptyWorkspace();
  let memory = begin();

  /** Faults that were ordered for some time begin now. */
  function begun(changed: Settings): Settings {
    const faults = changed.faults.map((fault) =>
      fault.for_seconds === undefined ? fault : startFault(fault, clock.now()),
    );
    return { ...changed, faults };
  }

  function emptyWorkspace(): Workspace {
    const empty = createWorkspace(clock, () => settings.quirks, newToken);
    empty.groups.create('Everyone', { everyone: true });
    return empty;
  }

  function begin(): Memory {
    workspace = emptyWorkspace();
    workspace.add(OWNER);
    return {
      traffic: createTraffic(clock),
      rateLimit: createRateLimit(),
      meetFault: createMeetFault(clock),
      audit: createAuditLog(slug, clock),
      discovery: createDiscoveryTokens(clock),
    };
  }

  return {
    slug,
    clock,
    workspace: () => workspace,
    settings: () => settings,
    memory: () => memory,
    change: (patch) => {
      settings = begun(mergeSettings(settings, patch));
    },
    addFault: (ordered) => {
      const fault = startFault(structuredClone(ordered), clock.now());
      settings.faults.push(fault);
      return () => {
        settings.faults = settings.faults.filter((each) => each !== fault);
      };
    },
    reset: () => {
      settings = begun(mergeSettings(settingsOf('kind'), start));
      memory = begin();
    },
    replaceWorkspace: (fill) => {
      const filled = emptyWorkspace();
      fill(filled);
      workspace = filled;
    },
    catchUp: () => {
      const { auto_accept_seconds: seconds, faults } = settings;
      const now = clock.now();
      if (faults.some((fault) => isOver(fault, now)))
        settings.faults = faults.filter((fault) => !isOver(fault, now));
      workspace.settle(seconds < 0 ? undefined : seconds * 1_000);
    },
  };
}
