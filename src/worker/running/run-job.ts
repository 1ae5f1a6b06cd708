/**
 * Runs one job: look, plan, gate, act, record, and look again until nothing is left to do. What the target accepted is on
 * disk before the next operation is sent.
 */
import { classify } from '../../provisioning/job/classify.ts';
import type { Job } from '../../provisioning/job/job.ts';
import { MEMBER_COUNT, planKeys, removalsKey } from '../../provisioning/plan/lock-keys.ts';
import type { Policy } from '../../provisioning/plan/policy.ts';
import { TargetError } from '../../provisioning/ports/target.ts';
import { refreshGroupMembers } from '../reading/refresh-group-members.ts';
import type { WorkContext } from '../work-context.ts';
import { actOn } from './act-on.ts';
import { concludeGone, concludePass, concludeStopped, type Outcome } from './conclude.ts';
import { look, type Look } from './look.ts';
import { record } from './record.ts';
import { createRefusals } from './refusals.ts';
import { syncHolds } from './sync-holds.ts';
import { syncTasks } from './sync-tasks.ts';

/** A group needs four passes: create, adopt, rename, members. More passes mean that accepted steps have no effect. */
const MAX_PASSES = 6;

/** The result of one pass over the subject. */
type Pass = { readonly kind: 'settled'; readonly outcome: Outcome } | { readonly kind: 'look again' };

const LOOK_AGAIN: Pass = { kind: 'look again' };

/** @param outageMs how long the target has failed; 0 while it works @returns the settlement of the job */
export async function runJob(
  context: WorkContext,
  policy: Policy,
  job: Job,
  outageMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const { clock, random, target, locks } = context;
  const { subject, attempt } = job;
  const refusals = createRefusals(attempt, clock);
  let acted = false;
  const failed = (error: TargetError): Outcome => {
    const failure = classify(error, { attempt, outageMs, now: clock.now(), random: random.fraction() });
    return { ...failure, acted };
  };
  const settled = (outcome: Outcome): Pass => ({ kind: 'settled', outcome });

  async function lookFresh(since: number | null): Promise<Look | undefined> {
    const first = await look(context, policy, subject, since, refusals.steps);
    if (first === undefined || first.staleGroup === null) return first;
    await refreshGroupMembers(context, first.staleGroup);
    return look(context, policy, subject, null, refusals.steps);
  }

  async function act(seen: Look | undefined): Promise<Pass> {
    if (seen === undefined) return settled(concludeGone(acted));
    const { decision, learned } = seen;
    if (learned !== undefined) await record(context, learned);
    if (decision.operations.length === 0) {
      await syncHolds(context, subject, seen);
      const tasks = await syncTasks(context, subject, decision.tasks);
      // A step that a person may have done is checked, too.
      const unseen = acted || (tasks.closed && !job.verifying);
      return settled(concludePass(context, job, seen, { unseen, tasks: tasks.reasons }));
    }
    const result = await actOn(context, job, decision.operations, refusals, signal);
    acted ||= result.acted;
    if (result.kind === 'stopped') return settled(concludeStopped(clock.now(), acted));
    return result.kind === 'failed' ? settled(failed(result.error)) : LOOK_AGAIN;
  }

  /**
   * The locks of the plan are held from a second look until everything is recorded, so that nothing that the plan
   * depends on changes in between. If the second look needs more locks than the first, the pass starts again.
   */
  async function pass(since: number | null): Promise<Pass> {
    const first = await lookFresh(since);
    const keys = keysOf(first);
    const removals = removalKeys(first);
    if (keys.length + removals.length === 0) return act(first);
    return locks.hold(keys, async () => {
      const second = await locks.hold(removals, () => lookAndCount([...keys, ...removals]));
      return second.kind === 'seen' ? act(second.seen) : second;
    });
  }

  /**
   * Removals are stored before they are sent. No other job of the connection is checked in between, so that none uses
   * an old count.
   */
  async function lookAndCount(
    keys: readonly string[],
  ): Promise<Pass | { readonly kind: 'seen'; readonly seen: Look | undefined }> {
    const seen = await look(context, policy, subject, null, refusals.steps);
    if (![...keysOf(seen), ...removalKeys(seen)].every((key) => keys.includes(key))) return LOOK_AGAIN;
    const { removals = [] } = seen?.decision ?? {};
    if (seen?.owner === undefined || removals.length === 0) return { kind: 'seen', seen };
    const of = { workspace: context.workspace, connectionId: seen.owner.id, subject };
    if (await context.store.countRemovals(of, removals, job.fence)) return { kind: 'seen', seen };
    return settled(concludeStopped(clock.now(), acted));
  }

  try {
    for (let count = 0; count < MAX_PASSES; count += 1) {
      const result = await pass(count === 0 ? lookSince(job) : null);
      if (result.kind === 'settled') return result.outcome;
    }
  } catch (error) {
    if (error instanceof TargetError) return failed(error);
    throw error;
  }
  const problem = `${target.label} accepted every step, and still does not show the result.`;
  return failed(new TargetError('refused', problem));
}

function keysOf(seen: Look | undefined): readonly string[] {
  if (seen === undefined) return [];
  const { operations } = seen.decision;
  // One at a time, because only recorded members are counted.
  const isInvite = seen.isCapped && operations.some(({ type }) => type === 'invite');
  return [...planKeys(operations), ...(isInvite ? [MEMBER_COUNT] : [])];
}

function removalKeys(seen: Look | undefined): readonly string[] {
  const isRemoving = seen?.owner !== undefined && seen.decision.removals.length > 0;
  return isRemoving ? [removalsKey(seen.owner.id)] : [];
}

function lookSince({ lookAfter, appliedAt, verifying }: Job): number | null {
  const seeing = verifying ? appliedAt : null;
  return lookAfter === null ? seeing : Math.max(lookAfter, seeing ?? 0);
}
