/** The whole state of one simulated workspace, in one place so that it can be reset. */
import type { Clock } from '../../../clock.ts';
import { createAuditLog, type AuditLog } from './audit-log.ts';
import { createDiscoveryTokens, type DiscoveryTokens } from './discovery-tokens.ts';
import { isOver, startFault, type Fault } from '../behaviour/fault.ts';
import { createFaultPicker, type PickFault } from '../behaviour/pick-fault.ts';
import type { NewToken } from './new-token.ts';
import { createRateLimit, type RateLimit } from '../behaviour/rate-limit.ts';
import { mergeSettings, settingsOf, type Settings, type SettingsPatch } from '../behaviour/settings.ts';
import { createTraffic, type Traffic } from '../behaviour/traffic.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** The admin that every workspace starts with, who owns the inviter key. */
const OWNER = { email: 'admin@acme.example', name: 'Acme Admin', username: 'acmeadmin', admin: true };

/** Mode's record of the first workspace. Further workspaces have the numbers that follow. */
const FIRST_ID = 7_654_321;
const FIRST_TOKEN = 0xa1b2c3d4e5f6;

/** What a reset discards, besides the workspace and the settings. */
interface Memory {
  readonly traffic: Traffic;
  readonly rateLimit: RateLimit;
  readonly pickFault: PickFault;
  readonly audit: AuditLog;
  readonly discovery: DiscoveryTokens;
}

export interface Simulation {
  readonly slug: string;
  /** The workspace's numeric id, as text. */
  readonly id: string;
  /** The workspace's token, 12 hexadecimal characters. */
  readonly token: string;
  readonly clock: Clock;
  workspace(): Workspace;
  settings(): Settings;
  memory(): Memory;
  change(patch: SettingsPatch): void;
  /** Adds a fault. @returns a function that removes only this fault */
  addFault(fault: Fault): () => void;
  /** Restores the initial settings and the initial workspace. */
  reset(): void;
  /** Replaces the workspace. When `fill` throws, the current workspace stays. */
  replaceWorkspace(fill: (workspace: Workspace) => void): void;
  /** Applies what is due by now: accepts and expires invites, completes deletions, removes faults that have ended. */
  catchUp(): void;
}

export interface SimulationOptions {
  readonly slug: string;
  /** Position among the workspaces, from 0. */
  readonly index: number;
  readonly clock: Clock;
  /** Initial settings, where they differ from the profile `kind`. */
  readonly start: SettingsPatch;
  readonly newToken: NewToken;
}

export function createSimulation({ slug, index, clock, start, newToken }: SimulationOptions): Simulation {
  let settings = withStartedFaults(mergeSettings(settingsOf('kind'), start));
  let workspace = emptyWorkspace();
  let memory = initialMemory();

  /** Starts the time of faults that have `for_seconds`. */
  function withStartedFaults(changed: Settings): Settings {
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

  function initialMemory(): Memory {
    workspace = emptyWorkspace();
    workspace.add(OWNER);
    return {
      traffic: createTraffic(clock),
      rateLimit: createRateLimit(),
      pickFault: createFaultPicker(clock),
      audit: createAuditLog(slug, clock),
      discovery: createDiscoveryTokens(clock),
    };
  }

  return {
    slug,
    id: String(FIRST_ID + index),
    token: (FIRST_TOKEN + index).toString(16),
    clock,
    workspace: () => workspace,
    settings: () => settings,
    memory: () => memory,
    change: (patch) => {
      settings = withStartedFaults(mergeSettings(settings, patch));
    },
    addFault: (given) => {
      const fault = startFault(structuredClone(given), clock.now());
      settings.faults.push(fault);
      return () => {
        settings.faults = settings.faults.filter((each) => each !== fault);
      };
    },
    reset: () => {
      settings = withStartedFaults(mergeSettings(settingsOf('kind'), start));
      memory = initialMemory();
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
