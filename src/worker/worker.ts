/**
 * Drives one workspace: reads Mode at the start and every hour, claims jobs, runs them one after the other, settles
 * them. While Mode fails as a whole, everything waits together.
 */
import { classify } from '../provisioning/classify.ts';
import type { CapabilityStore } from '../provisioning/capability-book.ts';
import type { Job } from '../provisioning/job.ts';
import type { Policy } from '../provisioning/policy.ts';
import { ShortReadError } from '../provisioning/merge-members.ts';
import { TargetError } from '../provisioning/target.ts';
import { retryDelayMs } from '../provisioning/retry-delay.ts';
import { watchOutage } from './outage.ts';
import { createProbing } from './probing.ts';
import { nextFullRead, nextInvitePoll } from './read-schedule.ts';
import { refreshGroups, refreshMembers } from './refresh.ts';
import { LEASE_MS, runJob, type Outcome } from './run-job.ts';
import { fullSync } from './sync.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 100;
const IDLE_MS = 200;
/** A list that stays short for so long is not a slip: people were taken out of Mode by somebody else. */
const SHORT_READ_BELIEVED_MS = 5 * 60_000;

export interface Worker {
  /** Works until the signal is aborted; then finishes the step under way and returns. */
  run(signal: AbortSignal): Promise<void>;
}

/** @param requests where operators ask for a look at what can be done */
export function createWorker(context: WorkContext, requests: CapabilityStore): Worker {
  const { clock, store, workspace, log, random } = context;
  const outage = watchOutage(clock);
  const probing = createProbing(context, requests);
  let lastFullReadAt: number | null = null;
  let lastMembersReadAt = 0;
  let newestInviteAt = clock.now();
  let invitesPending = false;
  let shortSince: number | null = null;
  let policy: Policy = { protectedUsernames: new Set() };

  const believesShort = () => shortSince !== null && clock.now() - shortSince >= SHORT_READ_BELIEVED_MS;

  async function readIfDue(signal: AbortSignal): Promise<void> {
    await probing.ifDue();
    const now = clock.now();
    if (lastFullReadAt === null || now >= nextFullRead(lastFullReadAt)) {
      policy = { protectedUsernames: new Set(await context.target.readOwners()) };
      await fullSync(context, believesShort(), signal);
      lastFullReadAt = clock.now();
      await membersRead();
    } else if (invitesPending && now >= nextInvitePoll(lastMembersReadAt, newestInviteAt)) {
      await refreshMembers(context, believesShort());
      await membersRead();
    }
  }

  async function membersRead(): Promise<void> {
    await working();
    shortSince = null;
    lastMembersReadAt = clock.now();
    invitesPending = (await store.observedMembers(workspace)).some((member) => member.state === 'invited');
  }

  /** @returns whether there was anything to do */
  async function work(signal: AbortSignal): Promise<boolean> {
    const jobs = await store.claimJobs({ workspace, now: clock.now(), leaseMs: LEASE_MS, limit: BATCH });
    const waiting = [...jobs];
    try {
      await readBack(jobs);
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        await step(job, signal);
        if (signal.aborted || outage.current !== null) break;
      }
    } finally {
      if (waiting.length > 0) await store.releaseJobs(waiting);
    }
    return jobs.length > 0;
  }

  /** One read serves every job of the batch that has to look at Mode first. */
  async function readBack(jobs: readonly Job[]): Promise<void> {
    const looking = jobs.filter((job) => job.refresh);
    if (looking.length === 0) return;
    await refreshMembers(context, believesShort());
    await membersRead();
    if (looking.some((job) => job.subject.kind === 'group')) await refreshGroups(context);
  }

  async function step(job: Job, signal: AbortSignal): Promise<void> {
    const outcome = await runJob(context, policy, job, outage.durationMs(), signal).catch(
      (error: unknown) => {
        log.error({ err: error, subject: job.subject }, 'the bridge failed at a job');
        return failedHere(job);
      },
    );
    // Without an outcome the lease was lost, and the job is somebody else's.
    if (outcome === undefined) return;
    if (outcome.acted) {
      await working();
      newestInviteAt = clock.now();
      invitesPending = true;
    }
    if (outcome.everywhere && outcome.verdict.kind === 'retry') {
      await fail(outcome.verdict.reason, outcome.verdict.at);
    }
    await settle(job, outcome);
  }

  function failedHere(job: Job): Outcome {
    const reason = 'The bridge failed at this: its log says how.';
    const at = clock.now() + retryDelayMs.attempt(job.attempt, random());
    return {
      verdict: { kind: 'retry', at, reason },
      delivery: { state: 'pending', reason },
      everywhere: false,
      acted: false,
    };
  }

  async function settle(job: Job, { verdict, delivery }: Outcome): Promise<void> {
    const change = { kind: 'delivery.changed', subject: job.subject, data: { ...delivery } } as const;
    const held = await store.settle({ job, at: clock.now(), verdict, delivery, change });
    if (!held) log.warn({ subject: job.subject }, 'lease lost: somebody else has the job');
  }

  /** Mode has answered as it should. */
  async function working(): Promise<void> {
    if (outage.current === null) return;
    outage.end();
    await store.saveOutage(workspace, null);
  }

  async function fail(reason: string, until: number): Promise<void> {
    outage.fail(reason, until);
    log.warn({ reason, failingMs: outage.durationMs() }, 'Mode fails: all jobs wait');
    await store.saveOutage(workspace, outage.current);
  }

  /** Mode could not be read, or the store failed. */
  async function failedToRead(error: unknown): Promise<void> {
    if (!(error instanceof TargetError)) log.error({ err: error }, 'the worker failed');
    if (error instanceof ShortReadError) shortSince ??= clock.now();
    const known =
      error instanceof TargetError
        ? error
        : new TargetError('unavailable', 'The bridge failed: its log says how.');
    const { verdict } = classify(known, {
      attempt: 1,
      outageMs: outage.durationMs(),
      now: clock.now(),
      random: random(),
    });
    await fail(
      known.message,
      verdict.kind === 'retry'
        ? verdict.at
        : clock.now() + retryDelayMs.outage(outage.durationMs(), random()),
    );
  }

  return {
    async run(signal) {
      const stopping = () => signal.aborted;
      while (!stopping()) {
        try {
          await readIfDue(signal);
          if (!stopping() && (await work(signal)) && outage.current === null) continue;
        } catch (error) {
          await failedToRead(error).catch((failure: unknown) => {
            log.error({ err: failure }, 'the store fails');
          });
        }
        await clock.sleep(Math.max(IDLE_MS, outage.pauseMs()), signal);
      }
    },
  };
}
