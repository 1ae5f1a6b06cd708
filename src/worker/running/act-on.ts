/** Carries out the operations of one pass, and records each answer of the target before the next operation is sent. */
import type { Subject } from '../../directory/subject.ts';
import type { Job } from '../../provisioning/job/job.ts';
import { refusedInvite } from '../../provisioning/invite/invite.ts';
import type { Operation } from '../../provisioning/model/operation.ts';
import { acceptedOf } from '../../provisioning/gate/accepted-of.ts';
import {
  operationApplied,
  operationRefused,
  type OperationNames,
} from '../../provisioning/observe/operation-change.ts';
import { recordApplied } from '../../provisioning/observe/record-applied.ts';
import { recordKeys, stepKeys } from '../../provisioning/plan/lock-keys.ts';
import { TargetError, type TargetErrorKind } from '../../provisioning/ports/target.ts';
import type { WorkContext } from '../work-context.ts';
import { changeMembers } from './change-members.ts';
import { findNames } from './find-names.ts';
import { record } from './record.ts';
import type { Refusals } from './refusals.ts';

const REFUSALS: ReadonlySet<TargetErrorKind> = new Set(['refused', 'not_found', 'forbidden']);

/**
 * `done`: all operations were tried, so the subject is looked at again. `stopped`: the bridge stops or lost the
 * workspace.
 */
export type Acted = { readonly acted: boolean } & (
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: TargetError }
);

export async function actOn(
  context: WorkContext,
  job: Job,
  operations: readonly Operation[],
  refusals: Refusals,
  signal: AbortSignal,
): Promise<Acted> {
  let acted = false;
  let refused: TargetError | undefined;
  const applied = () => {
    acted = true;
    refusals.applied();
  };
  const goesOn = () => !signal.aborted && context.holdsWorkspace();
  const names = await findNames(context, operations);
  const left = await changeMembers(context, { subject: job.subject, operations, names }, goesOn, applied);
  for (const operation of left) {
    if (!goesOn()) return { kind: 'stopped', acted };
    const result = await perform(context, { subject: job.subject, operation, names }, signal);
    if (result === 'applied') {
      applied();
      continue;
    }
    const what = refusals.take(operation, result);
    if (what === 'fail') return { kind: 'failed', error: result, acted };
    if (what === 'plan') break;
    refused ??= result;
  }
  // The members of the group are now a task for a person, which includes the other refusals.
  const handedOver = refusals.endRound() || refusals.steps.has('set_group_members');
  return refused === undefined || handedOver
    ? { kind: 'done', acted }
    : { kind: 'failed', error: refused, acted };
}

interface Step {
  readonly subject: Subject;
  readonly operation: Operation;
  readonly names: OperationNames;
}

/** @returns the error, when the target did not carry out the operation */
async function perform(
  context: WorkContext,
  step: Step,
  stopping: AbortSignal,
): Promise<'applied' | TargetError> {
  const { subject, operation, names } = step;
  const { locks, target, clock, log } = context;
  try {
    await locks.hold(stepKeys(operation), async () => {
      if (operation.type === 'invite') {
        // After a crash during the call, only this shows which user the invite was for.
        const { email } = operation;
        await record(context, { invites: [{ kind: 'expected', email, userId: subject.id }] });
      }
      const applied = await target.apply(operation);
      log.info({ operation: operation.type, subject }, 'applied');
      await locks.hold(recordKeys(operation), () => {
        const { changes = [], ...recorded } = recordApplied(operation, applied, subject, clock.now());
        return record(context, {
          ...recorded,
          accepted: acceptedOf(subject, [operation]),
          changes: [...changes, operationApplied(operation, applied, subject, names)],
        });
      });
    });
    return 'applied';
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const fields = { operation: operation.type, subject, reason: error.message };
    // A call that a stop interrupted is repeated after the next start.
    log[stopping.aborted ? 'info' : 'warn'](fields, 'not applied');
    return (await standsAnyway(context, step, error)) ? 'applied' : error;
  }
}

/** A refusal is recorded, also with the invite. A refused resend leaves the open invite as it is. */
async function standsAnyway(
  context: WorkContext,
  { subject, operation, names }: Step,
  error: TargetError,
): Promise<boolean> {
  const refusal = REFUSALS.has(error.kind) ? refusedInvite(operation, error.message) : undefined;
  const changes = operationRefused(operation, error, subject, names);
  const invites = refusal === undefined ? [] : [refusal.event];
  if (changes.length + invites.length > 0) await record(context, { invites, changes });
  return refusal?.stands === true;
}
