/** Puts together what works for one workspace: the hold on it, the way to Mode, and what a worker is made of. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config, ModeAccess } from '../config/read-config.ts';
import { countCalls, type CallCounts } from '../observability/call-counts.ts';
import type { Logger } from '../observability/logger.ts';
import type { Store } from '../store/open-store.ts';
import { REQUESTS_PER_SECOND } from '../targets/mode/mode-target.ts';
import { targets } from '../targets/registry.ts';
import { createWorkspaceLease } from '../worker/workspace-lease.ts';
import type { WorkerOptions } from '../worker/worker.ts';

/** For a whole call; shorter than the lease under which it is begun. */
const CALL_TIMEOUT_MS = 20_000;
const DAY_MS = 24 * 60 * 60_000;

export interface WorkspaceParts {
  readonly config: Config;
  readonly mode: ModeAccess;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to 1. */
  readonly random: () => number;
  /** When aborted, calls to Mode that wait for their turn are given up. */
  readonly closing: AbortSignal;
}

export interface OpenWorkspace {
  readonly options: WorkerOptions;
  readonly calls: CallCounts;
}

export function openWorkspace(parts: WorkspaceParts): OpenWorkspace {
  const { config, mode, store, clock, log, random, closing } = parts;
  const { workspace } = mode;
  const calls = countCalls();
  const workspaceLease = createWorkspaceLease({
    workspace,
    holder: randomUUID(),
    store: store.provisioning,
    clock,
    log,
  });
  const target = targets.mode({
    ...mode,
    clock,
    requestsPerSecond: config.modeRequestsPerSecond ?? REQUESTS_PER_SECOND,
    timeoutMs: CALL_TIMEOUT_MS,
    closing,
    // What begins now is over before another bridge can be in this one's place.
    mayWrite: () => workspaceLease.isHeldFor(CALL_TIMEOUT_MS),
    onCall: calls.count,
    capabilities: store.capabilities,
  });
  const { provisioning, directory } = store;
  const invites = { resendAfterMs: config.inviteResendDays * DAY_MS, maxSends: config.inviteMaxSends };
  const world = { target, clock, random, log };
  return {
    calls,
    options: {
      workspace,
      workspaceLease,
      store: provisioning,
      directory,
      tasks: store.tasks,
      requests: store.capabilities,
      adoption: config.adoption,
      drift: config.drift,
      invites,
      feed: { permissions: config.feedPermissions, activity: config.feedActivity },
      ...world,
    },
  };
}
