/** The settlement of a job when nothing is left to do, or nothing more can be done. */
import type { Delivery } from '../../provisioning/job/delivery.ts';
import type { Job, Verdict } from '../../provisioning/job/job.ts';
import { retryDelayMs } from '../../provisioning/job/retry-delay.ts';
import { isApprovable } from '../../provisioning/gate/never-lock-out.ts';
import { ofTarget, reason, uniqueReasons, type Reason } from '../../provisioning/reason/reason.ts';
import type { WorkContext } from '../work-context.ts';
import type { Look } from './look.ts';

export interface Outcome {
  readonly verdict: Verdict;
  readonly delivery: Delivery;
  /** True when the failure is about the target or the key, not about this subject. */
  readonly everywhere: boolean;
  /** True when something was changed on the target. */
  readonly acted: boolean;
  /** True when the user is not wanted, and a read has shown that the account is gone. */
  readonly left?: boolean;
}

interface Rest {
  /** A change by the bridge or a person that no read has shown yet. */
  readonly unseen: boolean;
  /** The open tasks. */
  readonly tasks: readonly Reason[];
}

/** The workspace no longer has the subject. */
export function concludeGone(acted: boolean): Outcome {
  return settled({ kind: 'done' }, { state: 'verified', reasons: [] }, acted);
}

/** The bridge stops, or another bridge works for the workspace. */
export function concludeStopped(now: number, acted: boolean): Outcome {
  const reasons = [reason('bridge_stopped')];
  return settled({ kind: 'retry', at: now, reasons, undone: true }, { state: 'pending', reasons }, acted);
}

/** The bridge itself failed: the job is tried again later. */
export function concludeFailed({ clock, random }: WorkContext, job: Job): Outcome {
  const reasons = [reason('bridge_failed')];
  const at = clock.now() + retryDelayMs.attempt(job.attempt, random.fraction());
  return settled({ kind: 'retry', at, reasons }, { state: 'pending', reasons }, false);
}

/** Nothing is left to do now: the subject is verified, must be read back, or waits. */
export function concludePass(
  { clock, random, target }: WorkContext,
  job: Job,
  { decision, confirmed, leaving }: Look,
  { unseen: acted, tasks }: Rest,
): Outcome {
  const label = (reasons: readonly Reason[]) => ofTarget(reasons, target.label);
  const later = clock.now() + retryDelayMs.attempt(job.attempt, random.fraction());
  const parkedUntil = () => clock.now() + retryDelayMs.parked(job.attempt, random.fraction());
  const heldReasons = uniqueReasons(decision.held.map((held) => held.reason));
  const blocked = label([...decision.blocked, ...heldReasons]);
  if (decision.tasks.length > 0) {
    // A read that shows that a task is done makes the job due at once, and so does a change of a capability.
    const reasons = [...blocked, ...tasks];
    return settled({ kind: 'park', reasons, at: parkedUntil() }, { state: 'blocked', reasons }, acted);
  }
  if (heldReasons.length > 0) {
    const reasons = label(decision.onHold ? heldReasons : [...heldReasons, ...decision.blocked]);
    // A decision or a push makes the job due at once. The end of any other obstacle is noticed within minutes.
    const isFinal = !decision.onHold && heldReasons.every((why) => !isApprovable(why));
    const at = isFinal ? later : parkedUntil();
    return settled({ kind: 'park', reasons, at, undone: true }, { state: 'held', reasons }, acted);
  }
  if (blocked.length > 0) {
    const delivery: Delivery = { state: 'blocked', reasons: blocked };
    return settled({ kind: 'retry', at: later, reasons: blocked }, delivery, acted);
  }
  const waiting = label(decision.waiting);
  if (waiting.some(({ code }) => code === 'member_limit'))
    return settled(
      { kind: 'park', reasons: waiting, at: later, undone: true },
      { state: 'pending', reasons: waiting },
      acted,
    );
  // An invite that the target does not list stays unconfirmed. A read before it is accepted would not show it.
  const unseen = acted || (job.appliedAt !== null && !job.verifying);
  if (unseen || (!confirmed && waiting.length === 0))
    return settled({ kind: 'verify', at: later }, { state: 'applied', reasons: waiting }, acted);
  const state = waiting.length === 0 ? 'verified' : 'pending';
  return { ...settled({ kind: 'done' }, { state, reasons: waiting }, acted), left: leaving };
}

function settled(verdict: Verdict, delivery: Delivery, acted: boolean): Outcome {
  return { verdict, delivery, everywhere: false, acted };
}
