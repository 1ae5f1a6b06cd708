/** Carries out the operations of one pass, and records each answer of the target before the next operation is sent. */
import type { Job } from '../../provisioning/job/job.ts';
import { refusedInvite } from '../../provisioning/invite/invite.ts';
import type { Operation } from '../../provisioning/model/operation.ts';
import { acceptedOf } from '../../provisioning/gate/accepted-of.ts';
import { recordApplied } from '../../provisioning/observe/record-applied.ts';
import { recordKeys, stepKeys } from '../../provisioning/plan/lock-keys.ts';
import { TargetError, type TargetErrorKind } from '../../provisioning/ports/target.ts';
import type { WorkContext } from '../work-context.ts';
import { changeMembers } from './change-members.ts';
import { record } from './record.ts';
import type { Refusals } from './refusals.ts';

const REFUSALS: ReadonlySet<TargetErrorKind> = new Set(['refused', 'not_found', 'forbidden']);

/** `done`: as far as it goes, so the subject is looked at again. `stopped`: the bridge stops or lost the workspace. */
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
  const left = await changeMembers(context, job.subject, operations, goesOn, applied);
  for (const operation of left) {
    if (!goesOn()) return { kind: 'stopped', acted };
    const result = await perform(context, job, operation, signal);
    if (result === 'applied') {
      applied();
      continue;
    }
    const what = refusals.take(operation, result);
    if (what === 'fail') return { kind: 'failed', error: result, acted };
    if (what === 'plan') break;
    refused ??= result;
  }
  // The members of the group are a task for a person now: the other refusals are part of it.
  const handedOver = refusals.endRound() || refusals.steps.has('set_group_members');
  return refused === undefined || handedOver
    ? { kind: 'done', acted }
    : { kind: 'failed', error: refused, acted };
}

/** @returns the error, when the target did not carry out the operation */
async function perform(
  context: WorkContext,
  { subject }: Job,
  operation: Operation,
  stopping: AbortSignal,
): Promise<'applied' | TargetError> {
  const { locks, target, clock, log } = context;
  try {
    await locks.hold(stepKeys(operation), async () => {
      if (operation.type === 'invite') {
        // After a crash in the middle of the call, only this shows whose invite it was.
        const { email } = operation;
        await record(context, { invites: [{ kind: 'expected', email, userId: subject.id }] });
      }
      const applied = await target.apply(operation);
      log.info({ operation: operation.type, subject }, 'applied');
      await locks.hold(recordKeys(operation), () =>
        record(context, {
          ...recordApplied(operation, applied, subject, clock.now()),
          accepted: acceptedOf(subject, [operation]),
        }),
      );
    });
    return 'applied';
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const fields = { operation: operation.type, subject, reason: error.message };
    // A call that a stop cuts short is repeated after the next start: nobody has to do anything.
    log[stopping.aborted ? 'info' : 'warn'](fields, 'not applied');
    return (await standsAnyway(context, operation, error)) ? 'applied' : error;
  }
}

/** A refusal is recorded with the invite. A refused resend leaves the open invite as it is. */
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
