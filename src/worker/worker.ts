/**
 * Drives one workspace while this bridge holds it: reads the target at the start and every hour, claims jobs, runs
 * several at once, settles them, and reads changes back when there is no other work. During an outage of the target,
 * all work waits.
 */
import { BridgeError } from '../errors.ts';
import { classify } from '../provisioning/job/classify.ts';
import type { Job } from '../provisioning/job/job.ts';
import { retryDelayMs } from '../provisioning/job/retry-delay.ts';
import type { SyncControl } from '../provisioning/model/sync-state.ts';
import { reason, type Reason } from '../provisioning/reason/reason.ts';
import { TargetError } from '../provisioning/ports/target.ts';
import { workContext, type WorkerOptions } from './make-work-context.ts';
import { createClockMender } from './mend-clock.ts';
import { createSignal } from './signal.ts';
import { claimJobs, URGENT_CLAIMS } from './running/claim-jobs.ts';
import { createJobPool } from './running/job-pool.ts';
import { recordOutage } from './record-outage.ts';
import { createReading } from './reading/reading.ts';
import { concludeFailed, type Outcome } from './running/conclude.ts';
import { runJob } from './running/run-job.ts';

const IDLE_MS = 200;
/** How often parked jobs are checked for those that are due. */
const PARKED_LOOK_MS = 15_000;
/** The pause while the database does not answer. */
const STORE_PAUSE_MS = 1_000;
/** How often unsettled jobs are claimed again at most, while the database answers. */
const RECLAIM_MS = 60_000;
const FAILED = reason('bridge_failed');

export interface Worker {
  /** Works until the signal is aborted, then finishes the steps in progress and returns. */
  run(signal: AbortSignal): Promise<void>;
  readonly sync: SyncControl;
}

export function createWorker(options: WorkerOptions): Worker {
  const { clock, store, workspace, log, random, workspaceLease } = options;
  const context = workContext(options);
  const outage = recordOutage({ label: options.target.label, workspace, store, clock, log });
  const reading = createReading(context, options.requests, outage.over);
  const workSignal = createSignal(clock);
  const clockMender = createClockMender(context, options.target.label, () => {
    outage.endPause();
    reading.clockJumped();
  });
  let stopping: AbortSignal = AbortSignal.abort();
  let parkedLookAt = -Infinity;
  /** The fence of the last turn. */
  let heldFence: number | undefined;
  /** When to claim jobs again that may be claimed and not running. Monotonic time. */
  let reclaimAt: number | undefined;
  let storeFails = false;
  const pool = createJobPool(step, workSignal.raise);
  const claiming = { workspace, store, clock, pool, reading };

  /** People who must lose access do not wait for a full read, which takes minutes. */
  async function whileReading<T>(fence: number, read: Promise<T>): Promise<T> {
    const over = new AbortController();
    const end = () => {
      over.abort('read');
    };
    read.then(end, end);
    for (;;) {
      await workSignal.wait(IDLE_MS, over.signal);
      if (over.signal.aborted) return read;
      await claimUrgent(fence).catch((error: unknown) => {
        log.error({ err: error }, 'urgent jobs could not be claimed');
      });
    }
  }

  async function claimUrgent(fence: number): Promise<void> {
    if (!reading.peopleKnown || stopping.aborted || workspaceLease.fence !== fence || outage.pauseMs() > 0)
      return;
    if (pool.room('urgent') === 0) return;
    if (await store.areJobsDue(workspace, fence, clock.now(), 'urgent')) {
      await claimJobs(claiming, fence, URGENT_CLAIMS);
    }
  }

  async function step(job: Job): Promise<void> {
    try {
      const outcome = await runJob(context, reading.policy, job, outage.durationMs(), stopping).catch(
        (error: unknown) => {
          log.error({ err: error, subject: job.subject }, 'the bridge failed at a job');
          return concludeFailed(context, job);
        },
      );
      if (outcome.acted) {
        await outage.over();
        if (job.subject.kind === 'user') reading.invited();
      }
      // Calls that fail because the bridge stops are not an outage of the target.
      if (outcome.everywhere && outcome.verdict.kind === 'retry' && !stopping.aborted) {
        await fail(outcome.verdict.reasons[0] ?? FAILED, outcome.verdict.at);
      }
      await settle(job, outcome);
    } catch (error) {
      log.error({ err: error, subject: job.subject }, 'a job could not be settled: trying again later');
      reclaim(error);
    }
  }

  async function settle(job: Job, { verdict, delivery, acted, left = false }: Outcome): Promise<void> {
    const held = await store.settle({ job, at: clock.now(), verdict, delivery, acted, left });
    if (!held) log.warn({ subject: job.subject }, 'lease lost: another bridge has the job');
  }

  /** The claim of a job is in doubt. A higher fence ends all claims, and the target is read before the jobs run. */
  function reclaim(error: unknown): void {
    const after = isStoreFailure(error) ? 0 : RECLAIM_MS;
    reclaimAt = Math.min(reclaimAt ?? Infinity, clock.monotonic() + after);
  }

  async function fail(reason: Reason, until: number): Promise<void> {
    await outage.fail(reason, until);
    await release();
  }

  async function release(): Promise<void> {
    const untried = pool.drain();
    if (untried.length > 0) await store.releaseJobs(untried);
  }

  /** The target could not be read, or the store failed. */
  async function failedToRead(error: unknown): Promise<void> {
    if (stopping.aborted) return;
    if (isStoreFailure(error)) {
      if (!storeFails) log.error({ err: error }, 'the database does not answer: the worker waits');
      storeFails = true;
      reclaim(error);
      return;
    }
    if (!(error instanceof TargetError)) log.error({ err: error }, 'the worker failed');
    const now = clock.now();
    const outageMs = outage.durationMs();
    const verdict =
      error instanceof TargetError
        ? classify(error, { attempt: 1, outageMs, now, random: random.fraction() }).verdict
        : undefined;
    await fail(
      error instanceof TargetError ? error.reason : FAILED,
      verdict?.kind === 'retry' ? verdict.at : now + retryDelayMs.outage(outageMs, random.fraction()),
    );
  }

  async function unparkDue(): Promise<void> {
    if (clock.monotonic() - parkedLookAt < PARKED_LOOK_MS) return;
    parkedLookAt = clock.monotonic();
    await store.unparkDueJobs(workspace, clock.now());
  }

  /** Releases jobs that were claimed and have not started. */
  async function takeBack(): Promise<void> {
    pool.drain();
    await pool.settled();
    await workspaceLease.renew();
    reclaimAt = undefined;
  }

  /** @returns whether to continue at once */
  async function turn(): Promise<boolean> {
    const { fence } = workspaceLease;
    if (fence !== heldFence) {
      heldFence = fence;
      outage.mayBeRecorded();
      clockMender.newHolder();
    }
    await clockMender.mend(fence !== undefined);
    if (fence === undefined) {
      // When this bridge has the workspace again, it must read the target.
      reading.lost();
      await release();
      return false;
    }
    if (reclaimAt !== undefined && clock.monotonic() >= reclaimAt) {
      await takeBack();
      return true;
    }
    if (outage.pauseMs() > 0) return false;
    await whileReading(fence, reading.ifDue(stopping, !pool.idle));
    await unparkDue();
    if (stopping.aborted || !(await store.areJobsDue(workspace, fence, clock.now()))) return false;
    return (await claimJobs(claiming, fence)) || whileReading(fence, reading.back(!pool.idle));
  }

  async function turnOnce(): Promise<boolean> {
    const goOn = await turn();
    if (storeFails) log.info({}, 'the database answers again');
    storeFails = false;
    return goOn;
  }

  return {
    sync: {
      get holds() {
        return workspaceLease.fence !== undefined;
      },
      get state() {
        return reading.sync;
      },
      request: (everything) => {
        reading.request(everything);
        workSignal.raise();
      },
    },
    run: async (signal) => {
      stopping = signal;
      const keeping = workspaceLease.keep(signal, workSignal.raise);
      while (!signal.aborted) {
        const goOn = await turnOnce().catch(async (error: unknown) => {
          await failedToRead(error).catch((failure: unknown) => {
            log.error({ err: failure }, 'the store fails');
          });
          return false;
        });
        const pauseMs = Math.max(storeFails ? STORE_PAUSE_MS : IDLE_MS, outage.pauseMs());
        if (!goOn) await workSignal.wait(pauseMs, signal);
      }
      await Promise.all([pool.settled(), reading.settled()]);
      await release().catch((error: unknown) => {
        log.error({ err: error }, 'claimed jobs could not be given back');
      });
      await keeping;
      await workspaceLease.release().catch((error: unknown) => {
        log.error({ err: error }, 'the workspace could not be given back: its lease ends by itself');
      });
    },
  };
}

/** The database does not answer or cannot write now. The statement itself is not wrong. */
function isStoreFailure(error: unknown): boolean {
  return error instanceof BridgeError && error.code === 'unavailable';
}
