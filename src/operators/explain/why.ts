/** Says why access exists or not, from the current state. Pure. */
import type { Connection } from '../../directory/access/connection.ts';
import type { Outage } from '../../provisioning/job/outage.ts';
import { ofTarget, sentences, type Reason } from '../../provisioning/reason/reason.ts';
import type { HeldOperation, OpenTask, Progress } from './explain-store.ts';
import type { ChainLink, Why } from './explanation.ts';
import type { ReasonCode } from '../../provisioning/reason/reasons.ts';
import { NEXT_STEPS } from './next-steps.ts';

/** The obstacles of one subject. */
export interface Obstacles {
  readonly progress: Progress | undefined;
  /** Reasons for this part. */
  readonly holds: readonly HeldOperation[];
  /** Manual steps for this part of the subject. */
  readonly tasks: readonly OpenTask[];
  /** The connection that owns the subject; undefined when there is none. */
  readonly connection: Connection | undefined;
  readonly outage: Outage | null;
  /** Drift of the subject is reported, and not corrected. */
  readonly onlyReported: boolean;
}

export function own(code: Why['code'], text: string, next: string | null = null): Why {
  return { code, text, next };
}

function whyOfReason(reason: Reason): Why {
  const text = sentences(ofTarget([reason], '{target}')) ?? '';
  return { code: reason.code, text, next: NEXT_STEPS[reason.code] };
}

/** It is as the IdP wants. @param writtenAt when the bridge changed it, and no read has shown it since */
export function whyAsWanted(writtenAt: number | null, text: string): Why {
  if (writtenAt === null) return own('as_wanted', text);
  const since = new Date(writtenAt).toISOString();
  const next = 'The next read of {target} shows it.';
  return own(
    'not_read_back',
    `${text} The bridge wrote it at ${since}, and no read of {target} has shown it yet.`,
    next,
  );
}

function whyOfTask(task: OpenTask): Why {
  const { id, what, why, link, since } = task;
  const text = `A person has to do it, since ${new Date(since).toISOString()} (task ${id}): ${sentences(ofTarget(what, '{target}')) ?? ''} ${why}`;
  const next = `Do it in {target} at ${link}. The next read of {target} shows it; "tasks close ${id}" makes the bridge read {target} at once.`;
  return { ...own('task', text.trim(), next), task };
}

/** All known obstacles of what is not as the IdP wants. Never empty. */
export function whyNot({
  progress,
  holds,
  tasks,
  connection,
  outage,
  onlyReported,
}: Obstacles): readonly Why[] {
  // The task itself says more than the reasons for it.
  const told = (progress?.reasons ?? []).filter(({ code }) => tasks.length === 0 || !isOfTask(code));
  const reasons = told.map(whyOfReason);
  const held = holds.map(({ id, reason, since, decision }) =>
    own(
      'held',
      `It is held since ${new Date(since).toISOString()} (hold ${id}${decision === null ? '' : `, ${decision}`}): ${sentences(ofTarget([reason], '{target}')) ?? ''}`,
      NEXT_STEPS[reason.code],
    ),
  );
  const codes = new Set(reasons.map(({ code }) => code));
  const isNamed = codes.has('connection_shadow') || codes.has('connection_paused');
  const state =
    connection === undefined || connection.state === 'live' || isNamed
      ? []
      : [
          own(
            'connection_not_live',
            `The connection "${connection.name}" is ${connection.state === 'shadow' ? 'in shadow' : 'paused'}: nothing is sent to {target}.`,
            'Make the connection live.',
          ),
        ];
  const fails =
    outage === null
      ? []
      : [
          own(
            'mode_fails',
            `{target} has failed since ${new Date(outage.since).toISOString()}: ${sentences([outage.reason]) ?? ''}`,
            'The bridge continues automatically when {target} works again.',
          ),
        ];
  const known = [...held, ...tasks.map(whyOfTask), ...reasons, ...state, ...fails];
  return known.length > 0 ? known : [otherwise(progress, onlyReported)];
}

function isOfTask(code: ReasonCode): boolean {
  return code !== 'task_closed' && (code.startsWith('task_') || code === 'step_refused');
}

/** There is no known obstacle. */
function otherwise(progress: Progress | undefined, onlyReported: boolean): Why {
  const job = progress?.job ?? null;
  if (job !== null) {
    const tries = job.attempts === 0 ? '' : `, after ${String(job.attempts)} tries`;
    return own(
      'in_progress',
      `The bridge is about to do it: its next try is due at ${new Date(job.dueAt).toISOString()}${tries}.`,
      'Nothing has to be done.',
    );
  }
  if (progress?.state == null)
    return own('not_looked_at', 'The bridge has not worked on it yet.', 'Start the bridge, and look again.');
  if (onlyReported)
    return own(
      'drift_reported',
      'It was changed in {target}, and drift of this connection is only reported ("drift" shows it).',
      'Set the drift mode to "enforce", or change it in {target}.',
    );
  return own(
    'changed_in_mode',
    'It was changed in {target} after the bridge was done.',
    'The next full read of {target} corrects it.',
  );
}

/** The IdP, or an undo, took it away: the newest link of the chain that did so. */
export function whyWithdrawn(chain: readonly ChainLink[], what: ChainLink['ends']): Why | null {
  const end = chain.findLast(({ ends }) => ends === what);
  if (end === undefined) return null;
  const { request } = end;
  const by = request === null ? '' : `, in request ${request.id}`;
  return own('withdrawn', `${end.text.slice(0, -1)} at ${new Date(end.at).toISOString()}${by}.`);
}
