/**
 * Sorts the refusals of one try of a job: those that end the try, those of a single step, and those that become tasks.
 */
import type { Clock } from '../../clock.ts';
import { MAX_REFUSALS } from '../../provisioning/job/classify.ts';
import type { RefusedStep } from '../../provisioning/plan/available-capabilities.ts';
import type { Operation, OperationType } from '../../provisioning/model/operation.ts';
import type { TargetError } from '../../provisioning/ports/target.ts';
import { actionOf, type TaskAction } from '../../provisioning/plan/task.ts';

/** One person who cannot be added does not block the others. */
const INDEPENDENT: ReadonlySet<OperationType> = new Set(['add_group_member', 'remove_group_member']);
/** After this many forbidden changes of members without a success, the group itself is the reason. */
const MAX_FORBIDDEN = 3;

export interface Refusals {
  /** Steps that are now tasks. The plan is made again without them. */
  readonly steps: ReadonlyMap<TaskAction, RefusedStep>;
  applied(): void;
  /** `plan`: plan again. `go on`: continue with the other steps. `fail`: end this try. */
  take(operation: Operation, error: TargetError): 'plan' | 'go on' | 'fail';
  /** @returns whether the refusals of this pass become a task, so that the subject must be planned again */
  endRound(): boolean;
}

/** @param attempt tries of the job, 1 for the first */
export function createRefusals(attempt: number, clock: Clock): Refusals {
  const steps = new Map<TaskAction, RefusedStep>();
  let forbidden: TargetError[] = [];
  let alone = true;

  function handOverMembers(): boolean {
    const [first] = forbidden;
    if (first === undefined || !alone) return false;
    const answered = forbidden.find((error) => error.answered);
    steps.set('set_group_members', {
      why: (answered ?? first).message,
      at: answered === undefined ? null : clock.now(),
    });
    return true;
  }

  return {
    steps,
    applied: () => {
      alone = false;
    },
    take: (operation, error) => {
      const { kind } = error;
      const refused = kind === 'refused' || kind === 'not_found';
      if (INDEPENDENT.has(operation.type)) {
        if (kind === 'forbidden') forbidden.push(error);
        else if (refused) alone = false;
        else return 'fail';
        return forbidden.length >= MAX_FORBIDDEN && handOverMembers() ? 'plan' : 'go on';
      }
      // The next plan waits for a seat.
      if (kind === 'no_seat') return 'plan';
      const action = actionOf(operation);
      if (action === null || !(kind === 'forbidden' || (refused && attempt >= MAX_REFUSALS))) return 'fail';
      steps.set(action, { why: error.message, at: error.answered ? clock.now() : null });
      return 'plan';
    },
    endRound: () => {
      const taskReason = !steps.has('set_group_members') && handOverMembers();
      forbidden = [];
      return taskReason;
    },
  };
}
