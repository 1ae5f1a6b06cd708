/** Puts together the parts of one workspace: its lease, its target, and its worker. */
import type { Clock } from '../clock.ts';
import type { ModeAccess, WorkspaceConfig } from '../config/config.ts';
import { countCalls, type CallCounts } from '../observability/call-counts.ts';
import type { Logger } from '../observability/logger.ts';
import type { SyncControl } from '../provisioning/model/sync-state.ts';
import type { InvitePolicy } from '../provisioning/invite/invite.ts';
import type { Target } from '../provisioning/ports/target.ts';
import type { Store } from '../store/open-store.ts';
import { REQUESTS_PER_SECOND } from '../targets/mode/mode-target.ts';
import { targets } from '../targets/registry.ts';
import { createWorkspaceLease } from '../worker/workspace-lease.ts';
import type { WorkerOptions } from '../worker/make-work-context.ts';
import { createWorker, type Worker } from '../worker/worker.ts';
import type { Random } from '../random.ts';
import { policyOf } from './policy-of.ts';

/** For a whole call; shorter than the lease under which the call starts. */
const CALL_TIMEOUT_MS = 20_000;
const DAY_MS = 24 * 60 * 60_000;

/** A workspace and its Mode: the configured one, or the simulated one next to the bridge. */
export interface WorkspaceSpec extends WorkspaceConfig {
  readonly mode: ModeAccess;
}

export interface WorkspaceParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  /** When aborted, calls to Mode that wait for their turn are given up. */
  readonly closing: AbortSignal;
}

export interface OpenWorkspace {
  readonly worker: Worker;
  readonly sync: SyncControl;
  readonly target: Target;
  readonly calls: CallCounts;
  /** The parts of the worker, for commands that work in its place. */
  readonly options: WorkerOptions;
}

/** Work begins with `worker.run`. Workspaces share only the store. */
export function openWorkspace(spec: WorkspaceSpec, parts: WorkspaceParts): OpenWorkspace {
  const { slug: workspace, mode } = spec;
  const { store, clock, random, closing } = parts;
  const log = parts.log.child({ workspace });
  const calls = countCalls();
  const workspaceLease = createWorkspaceLease({
    workspace,
    holder: random.id(),
    store: store.provisioning,
    clock,
    log,
  });
  const target = targets[spec.target].open({
    ...mode,
    clock,
    random,
    requestsPerSecond: spec.modeRequestsPerSecond ?? REQUESTS_PER_SECOND,
    timeoutMs: CALL_TIMEOUT_MS,
    closing,
    // A call that starts now ends before another bridge can take over.
    mayWrite: () => workspaceLease.isHeldFor(CALL_TIMEOUT_MS),
    onCall: calls.count,
    capabilities: store.capabilities,
  });
  const options: WorkerOptions = {
    workspace,
    workspaceLease,
    store: store.provisioning,
    directory: store.directory,
    tasks: store.tasks,
    requests: store.capabilities,
    adoption: spec.adoption,
    drift: spec.drift,
    invites: invitePolicyOf(spec),
    policyOf: policyOf(spec),
    feed: { permissions: spec.feedPermissions, activity: spec.feedActivity },
    target,
    clock,
    random,
    log,
  };
  const worker = createWorker(options);
  return { worker, sync: worker.sync, target, calls, options };
}

export function invitePolicyOf({
  inviteResendDays,
  inviteMaxSends,
}: Pick<WorkspaceConfig, 'inviteResendDays' | 'inviteMaxSends'>): InvitePolicy {
  return { resendAfterMs: inviteResendDays * DAY_MS, maxSends: inviteMaxSends };
}
