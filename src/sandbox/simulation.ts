/** All that the simulated Mode remembers, so that it can be put back to its beginning. */
import type { Clock } from '../clock.ts';
import { createAuditLog, type AuditLog } from './audit-log.ts';
import { createDiscoveryTokens, type DiscoveryTokens } from './discovery-tokens.ts';
import { createLeakyBucket, type LeakyBucket } from './leaky-bucket.ts';
import { createMeetFault, type MeetFault } from './meet-fault.ts';
import { mergeSettings, settingsOf, type Settings, type SettingsPatch } from './settings.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** The admin that every workspace begins with, and who owns the inviter key. */
const OWNER = { email: 'admin@acme.example', name: 'Acme Admin', username: 'acmeadmin', admin: true };

/** What is forgotten with a new beginning, but for the settings. */
interface Memory {
  readonly traffic: Traffic;
  readonly bucket: LeakyBucket;
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
  /** Everything as at the beginning. */
  reset(): void;
  /** Another workspace instead; when `fill` throws, the present one stays. */
  replaceWorkspace(fill: (workspace: Workspace) => void): void;
  /** Lets happen what time has brought: accepted and expired invites, deletions that are done. */
  catchUp(): void;
}

/** @param start what differs from the profile `kind` at every beginning */
export function createSimulation(slug: string, clock: Clock, start: SettingsPatch): Simulation {
  let settings = mergeSettings(settingsOf('kind'), start);
  let workspace = emptyWorkspace();
  let memory = begin();

  function emptyWorkspace(): Workspace {
    const empty = createWorkspace(clock, () => settings.quirks);
    empty.groups.create('Everyone', { everyone: true });
    return empty;
  }

  function begin(): Memory {
    workspace = emptyWorkspace();
    workspace.add(OWNER);
    return {
      traffic: createTraffic(clock),
      bucket: createLeakyBucket(),
      meetFault: createMeetFault(),
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
      settings = mergeSettings(settings, patch);
    },
    reset: () => {
      settings = mergeSettings(settingsOf('kind'), start);
      memory = begin();
    },
    replaceWorkspace: (fill) => {
      const filled = emptyWorkspace();
      fill(filled);
      workspace = filled;
    },
    catchUp: () => {
      const { auto_accept_seconds: seconds } = settings;
      workspace.settle(seconds < 0 ? undefined : seconds * 1_000);
    },
  };
}
