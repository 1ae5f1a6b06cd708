/**
 * Runs one job: look, plan, act, record, and look again until nothing is left to do. What Mode accepted is on disk
 * before the next step is asked for.
 */
import { classify, type Failure } from '../../provisioning/job/classify.ts';
import type { Delivery } from '../../provisioning/job/delivery.ts';
import type { Job, Verdict } from '../../provisioning/job/job.ts';
import { planKeys, recordKeys, stepKeys } from '../../provisioning/plan/exclusive.ts';
import { refusedInvite } from '../../provisioning/invite/invite.ts';
import type { Policy } from '../../provisioning/plan/policy.ts';
import type { Operation } from '../../provisioning/model/operation.ts';
import { recordApplied } from '../../provisioning/observe/record-applied.ts';
import { retryDelayMs } from '../../provisioning/job/retry-delay.ts';
import { TargetError, type TargetErrorKind } from '../../provisioning/ports/target.ts';
import { changeMembers } from './change-members.ts';
import { groupRound } from './group-round.ts';
import { syncTasks } from './sync-tasks.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import type { Round } from './round.ts';
import { userRound } from './user-round.ts';
import type { WorkContext } from '../work-context.ts';

/** Create, adopt, rename, members: a group takes four; more means that Mode does not do what it says. */
const MAX_ROUNDS = 6;

const REFUSALS: ReadonlySet<TargetErrorKind> = new Set(['refused', 'not_found', 'forbidden']);

export interface Outcome {
  readonly verdict: Verdict;
  readonly delivery: Delivery;
  /** True when the failure says nothing about this subject, but about Mode or the key. */
  readonly everywhere: boolean;
  /** True when something was done on Mode. */
  readonly acted: boolean;
  /** True when the user is not wanted and a read has shown that Mode has no account of theirs any more. */
  readonly left?: boolean;
}

/**
 * @param outageMs how long Mode has been failing; 0 when it is not
 * @returns what to settle the job with
 */
export async function runJob(
  context: WorkContext,
  policy: Policy,
  job: Job,
  outageMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const { clock, random } = context;
  let acted = false;
  const refusals = createRefusals(job.attempt, clock);
  const failed = (error: TargetError): Outcome => {
    const failure: Failure = classify(error, {
      attempt: job.attempt,
      outageMs,
      now: clock.now(),
      random: random(),
    });
    return { ...failure, verdict: undone(error, failure.verdict), acted };
  };
  try {
    for (let count = 0; count < MAX_ROUNDS; count += 1) {
      const since = count === 0 ? lookSince(job) : null;
      const outcome = await inRound({ context, policy, job, refusals }, since, async (round) => {
        if (round === undefined) return gone(acted);
        if (round.learned !== undefined) await record(context, round.learned);
        if (round.plan.operations.length === 0) {
          const { told, closed } = await syncTasks(context, job.subject, round.plan.tasks);
          // What a person may have done is looked at too.
          const unseen = acted || (closed && !job.verifying);
          return { ...conclude(context, job, round, unseen, told), acted: unseen };
        }
        let refused: TargetError | undefined;
        const goesOn = () => !signal.aborted && context.holdsWorkspace();
        const { operations } = round.plan;
        const left = await changeMembers(context, job.subject, operations, goesOn, () => {
          acted = true;
          refusals.applied();
        });
        for (const operation of left) {
          if (!goesOn()) return { ...interrupted(clock.now()), acted };
          const error = await perform(context, job, operation, signal);
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
        return refused === undefined ? undefined : failed(refused);
      });
      if (outcome !== undefined) return outcome;
    }
  } catch (error) {
    if (error instanceof TargetError) return failed(error);
    throw error;
  }
  return failed(new TargetError('refused', 'Mode accepted every step, and still does not show the result.'));
}

/** A call that came too soon was not carried out, so nobody has to look what became of it. */
function undone(error: TargetError, verdict: Verdict): Verdict {
  return verdict.kind === 'retry' && error.kind === 'rate_limited' ? { ...verdict, undone: true } : verdict;
}

const verified: Delivery = { state: 'verified', reason: null };

function gone(acted: boolean): Outcome {
  return { verdict: { kind: 'done' }, delivery: verified, everywhere: false, acted };
}

interface Looking {
  readonly context: WorkContext;
  readonly policy: Policy;
  readonly job: Job;
  readonly refusals: Refusals;
}

/**
 * Looks, and acts on it. What the plan needs for itself is held from a second look on until all is recorded, so that
 * nothing that it depends on changes in between. @returns undefined when another look is needed
 */
async function inRound<T>(
  { context, policy, job, refusals }: Looking,
  since: number | null,
  act: (round: Round | undefined) => Promise<T | undefined>,
): Promise<T | undefined> {
  const first = await look(context, policy, job, refusals, since);
  const keys = first === undefined ? [] : planKeys(first.plan);
  if (keys.length === 0) return act(first);
  return context.locks.hold(keys, async () => {
    const round = await look(context, policy, job, refusals, null);
    const held = round === undefined || planKeys(round.plan).every((key) => keys.includes(key));
    return held ? act(round) : undefined;
  });
}

/** @param since when set, what is looked at must have been read from Mode at or after that instant */
async function look(
  context: WorkContext,
  policy: Policy,
  { subject }: Job,
  { steps }: Refusals,
  since: number | null,
): Promise<Round | undefined> {
  return subject.kind === 'user'
    ? userRound(context, policy, subject.id, steps)
    : groupRound(context, subject.id, since, steps);
}

function lookSince({ lookAfter, appliedAt, verifying }: Job): number | null {
  const seeing = verifying ? appliedAt : null;
  return lookAfter === null ? seeing : Math.max(lookAfter, seeing ?? 0);
}

/** @returns why the step was not taken; undefined when it was */
async function perform(
  context: WorkContext,
  job: Job,
  operation: Operation,
  stopping: AbortSignal,
): Promise<TargetError | undefined> {
  try {
    await context.locks.hold(stepKeys(operation), async () => {
      if (operation.type === 'invite') await expectInvite(context, job, operation.email);
      const applied = await context.target.apply(operation);
      context.log.info({ operation: operation.type, subject: job.subject }, 'applied');
      await context.locks.hold(recordKeys(operation), () =>
        record(context, recordApplied(operation, applied, job.subject, context.clock.now())),
      );
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const fields = { operation: operation.type, subject: job.subject, reason: error.message };
    // A call that a stop cuts short is repeated after the next start: nobody has to do anything.
    context.log[stopping.aborted ? 'info' : 'warn'](fields, 'not applied');
    if (await standsAnyway(context, operation, error)) return undefined;
    return error;
  }
}

/** After a crash in the middle of the call, only this says whose invite it was. */
async function expectInvite(context: WorkContext, { subject }: Job, email: string): Promise<void> {
  await record(context, { invites: [{ kind: 'expected', email, userId: subject.id }] });
}

/** A refusal is written down with the invite; one to send it again leaves the open one as it is. */
async function standsAnyway(
  context: WorkContext,
  operation: Operation,
  { kind, message }: TargetError,
): Promise<boolean> {
  if (!REFUSALS.has(kind)) return false;
  const refusal = refusedInvite(operation, message);
  if (refusal !== undefined) await record(context, { invites: [refusal.event] });
  return refusal?.stands === true;
}

async function record(context: WorkContext, observed: object): Promise<void> {
  await context.store.record({ workspace: context.workspace, at: context.clock.now(), ...observed });
}

/** Nothing is left to do now: verified, to be read back, waiting for somebody, or blocked. */
function conclude(
  { clock, random }: WorkContext,
  job: Job,
  { plan, confirmed, leaving = false }: Round,
  unread: boolean,
  taskReason: string,
) {
  const later = clock.now() + retryDelayMs.attempt(job.attempt, random());
  const settled = (verdict: Verdict, state: Delivery['state'], reason: string | null) => {
    return { verdict, delivery: { state, reason }, everywhere: false };
  };
  if (plan.tasks.length > 0) {
    // A read that shows it done makes it due at once, and so does a change of what the bridge can do.
    const reason = `${plan.blocked ?? ''} ${taskReason}`.trim();
    const at = clock.now() + retryDelayMs.parked(job.attempt, random());
    return settled({ kind: 'park', reason, at }, 'blocked', reason);
  }
  if (plan.blocked !== null) {
    return settled({ kind: 'retry', at: later, reason: plan.blocked }, 'blocked', plan.blocked);
  }
  // An invite that Mode does not list stays unconfirmed: to read again before it is accepted tells nothing.
  const unseen = unread || (job.appliedAt !== null && !job.verifying);
  if (unseen || (!confirmed && plan.waiting === null)) {
    return settled({ kind: 'verify', at: later }, 'applied', plan.waiting);
  }
  const outcome = settled({ kind: 'done' }, plan.waiting === null ? 'verified' : 'pending', plan.waiting);
  return { ...outcome, left: leaving };
}

function interrupted(now: number) {
  const reason = 'The bridge was stopped.';
  return {
    verdict: { kind: 'retry', at: now, reason, undone: true },
    delivery: { state: 'pending', reason },
    everywhere: false,
  } as const;
}
