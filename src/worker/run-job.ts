/**
 * Runs one job: look, plan, act, record, and look again until nothing is left to do. What Mode accepted is on disk
 * before the next step is asked for.
 */
import { classify, type Failure } from '../provisioning/classify.ts';
import type { Delivery } from '../provisioning/delivery.ts';
import type { Job, Verdict } from '../provisioning/job.ts';
import type { Policy } from '../provisioning/policy.ts';
import type { Operation } from '../provisioning/operation.ts';
import { recordApplied } from '../provisioning/record-applied.ts';
import { retryDelayMs } from '../provisioning/retry-delay.ts';
import { TargetError } from '../provisioning/target.ts';
import { groupRound } from './group-round.ts';
import { handOver } from './hand-over.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import type { Round } from './round.ts';
import { userRound } from './user-round.ts';
import type { WorkContext } from './work-context.ts';

/** Create, adopt, rename, members: a group takes four; more means that Mode does not do what it says. */
const MAX_ROUNDS = 6;
export const LEASE_MS = 30_000;

export interface Outcome {
  readonly verdict: Verdict;
  readonly delivery: Delivery;
  /** True when the failure says nothing about this subject, but about Mode or the key. */
  readonly everywhere: boolean;
  /** True when something was done on Mode. */
  readonly acted: boolean;
}

/**
 * @param outageMs how long Mode has been failing; 0 when it is not
 * @returns what to settle the job with; undefined when the lease was lost, and the job is somebody else's.
 */
export async function runJob(
  context: WorkContext,
  policy: Policy,
  job: Job,
  outageMs: number,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const { clock, random } = context;
  let acted = false;
  let refused: TargetError | undefined;
  const refusals = createRefusals(job.attempt, clock);
  const failed = (error: TargetError): Outcome => {
    const failure: Failure = classify(error, {
      attempt: job.attempt,
      outageMs,
      now: clock.now(),
      random: random(),
    });
    return { ...failure, acted };
  };
  try {
    for (let count = 0; count < MAX_ROUNDS; count += 1) {
      const round = await look(context, policy, job, count === 0 && job.refresh, refusals);
      if (round === undefined)
        return { verdict: { kind: 'done' }, delivery: verified, everywhere: false, acted };
      if (round.learned !== undefined) await record(context, round.learned);
      if (round.plan.operations.length === 0) {
        const { told, closed } = await handOver(context, job.subject, round.plan.tasks);
        const unread = acted || (closed && !job.refresh);
        return { ...conclude(context, job, round, unread, told), acted };
      }
      for (const operation of round.plan.operations) {
        if (signal.aborted) return { ...interrupted(clock.now()), acted };
        if (!(await context.store.renewLease(job, clock.now() + LEASE_MS))) return undefined;
        const error = await perform(context, job, operation);
        if (error === undefined) {
          acted = true;
          refusals.applied();
          continue;
        }
        const what = refusals.take(operation, error);
        if (what === 'fail') return failed(error);
        if (what === 'plan') break;
        refused ??= error;
      }
      if (refusals.endRound() || refusals.steps.has('set_group_members')) refused = undefined;
      if (refused !== undefined) return failed(refused);
    }
  } catch (error) {
    if (error instanceof TargetError) return failed(error);
    throw error;
  }
  return failed(new TargetError('refused', 'Mode accepted every step, and still does not show the result.'));
}

const verified: Delivery = { state: 'verified', reason: null };

async function look(
  context: WorkContext,
  policy: Policy,
  { subject }: Job,
  refresh: boolean,
  { steps }: Refusals,
): Promise<Round | undefined> {
  return subject.kind === 'user'
    ? userRound(context, policy, subject.id, steps)
    : groupRound(context, subject.id, refresh, steps);
}

/** @returns why the step was not taken; undefined when it was */
async function perform(
  context: WorkContext,
  job: Job,
  operation: Operation,
): Promise<TargetError | undefined> {
  try {
    const applied = await context.target.apply(operation);
    context.log.info({ operation: operation.type, subject: job.subject }, 'applied');
    await record(context, recordApplied(operation, applied, job.subject, context.clock.now()));
    return undefined;
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    context.log.warn(
      { operation: operation.type, subject: job.subject, reason: error.message },
      'not applied',
    );
    return error;
  }
}

async function record(context: WorkContext, observed: object): Promise<void> {
  await context.store.record({ workspace: context.workspace, at: context.clock.now(), ...observed });
}

/** Nothing is left to do now: verified, to be read back, waiting for somebody, or blocked. */
function conclude(
  { clock, random }: WorkContext,
  job: Job,
  { plan, confirmed }: Round,
  unread: boolean,
  handedOver: string,
) {
  const later = clock.now() + retryDelayMs.attempt(job.attempt, random());
  const settled = (verdict: Verdict, state: Delivery['state'], reason: string | null) => {
    return { verdict, delivery: { state, reason }, everywhere: false };
  };
  if (plan.tasks.length > 0) {
    // A read that shows it done wakes it, and so does a change of what the bridge can do.
    const reason = `${plan.blocked ?? ''} ${handedOver}`.trim();
    return settled({ kind: 'park', reason }, 'blocked', reason);
  }
  if (plan.blocked !== null) {
    return settled({ kind: 'retry', at: later, reason: plan.blocked }, 'blocked', plan.blocked);
  }
  // An invite that Mode does not list stays unconfirmed: to read again before it is accepted tells nothing.
  if (unread || (!confirmed && plan.waiting === null)) {
    return settled({ kind: 'verify', at: later }, 'applied', plan.waiting);
  }
  return settled({ kind: 'done' }, plan.waiting === null ? 'verified' : 'pending', plan.waiting);
}

function interrupted(now: number) {
  const reason = 'The bridge was stopped.';
  return {
    verdict: { kind: 'retry', at: now, reason },
    delivery: { state: 'pending', reason },
    everywhere: false,
  } as const;
}
