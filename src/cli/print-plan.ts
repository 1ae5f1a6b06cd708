/** A plan as a person reads it: what takes access away first, by name. */
import { viewStep } from '../admin/plan-view.ts';
import { csvCells } from '../feed/encoders/csv-cell.ts';
import { counted } from '../operators/counted.ts';
import type { PlanReport } from '../operators/make-plan.ts';
import type { PlanDifference } from '../provisioning/dry-run/plan-id.ts';
import { STEP_KINDS, type PlannedStep, type StepKind } from '../provisioning/dry-run/planned-step.ts';
import { durationText } from './duration-text.ts';
import { printTable } from './print-table.ts';

const TITLES: Readonly<Record<StepKind, string>> = {
  remove: 'Removed from the workspace',
  set_role: 'Roles changed',
  remove_member: 'Removed from groups',
  delete_group: 'Groups deleted',
  rename_group: 'Groups renamed',
  invite: 'Invited',
  adopt: 'Taken over: Mode had them before',
  create_group: 'Groups created',
  add_member: 'Added to groups',
  update_profile: 'Names and addresses changed',
  task: 'Tasks for a person: the API of Mode does not do them',
  held: 'Held',
  blocked: 'Blocked: nothing is done until somebody changes something',
};
/** These are always listed to the end. */
const LISTED_WHOLE: ReadonlySet<StepKind> = new Set(['remove', 'set_role', 'delete_group', 'held']);
const MAX_ROWS = 100;
const MAX_NAMES = 10;

const COLUMNS = ['kind', 'step', 'subject', 'id', 'name', 'group', 'from', 'to', 'after', 'why'] as const;

export function printPlan(plan: PlanReport): void {
  const { connection, readAt, steps, counts, calls, seconds, unmatched, unreadGroups } = plan;
  console.log(
    `${connection.state === 'live' ? 'What is still to do' : 'What going live would do'}: connection ${connection.name} of ${connection.workspace}, ${connection.state}`,
  );
  console.log(`Mode as read at ${new Date(readAt).toISOString()}`);
  for (const kind of STEP_KINDS) {
    if (counts[kind] === 0) continue;
    console.log(`\n${TITLES[kind]} (${counts[kind].toLocaleString('en')})`);
    const own = steps.filter((step) => step.kind === kind);
    printSteps(LISTED_WHOLE.has(kind) ? own : own.slice(0, MAX_ROWS));
    const more = LISTED_WHOLE.has(kind) ? 0 : own.length - MAX_ROWS;
    if (more > 0) console.log(`  and ${more.toLocaleString('en')} more: --csv and --json have all`);
  }
  if (steps.length === 0) console.log('\nNothing: Mode is as the IdP wants it.');
  if (unreadGroups.length > 0)
    console.log(`\nNot certain before Mode is read again: the members of ${someOf(unreadGroups)}`);
  console.log(
    `\nLeft alone, because nobody has pushed them: ${counted(unmatched.length, 'active member')} of Mode` +
      (unmatched.length === 0 ? '' : `: ${someOf(unmatched)}`),
  );
  console.log(`This takes ${counted(calls, 'call')} to Mode, about ${durationText(seconds)}.`);
  console.log(`plan id  ${plan.id}`);
}

/** What going live would do otherwise than the plan that was shown. */
export function printDifference({ added, removed }: PlanDifference): void {
  for (const [title, steps] of [
    ['New in the plan', added],
    ['No longer in the plan', removed],
  ] as const) {
    if (steps.length === 0) continue;
    console.log(`${title} (${steps.length.toLocaleString('en')})`);
    printSteps(steps.slice(0, MAX_ROWS), true);
    if (steps.length > MAX_ROWS) console.log(`  and ${(steps.length - MAX_ROWS).toLocaleString('en')} more`);
  }
}

/** A header, and a line for each step. */
export function printPlanCsv({ steps }: PlanReport): void {
  console.log(csvCells(COLUMNS));
  for (const step of steps) {
    const { kind, subject, name, why, ...row } = viewStep(step);
    const { step: instead, group, from, to, after } = row;
    const cells = [kind, instead, subject.kind, subject.id, name, group, from, to, after, why];
    console.log(csvCells(cells.map((cell) => cell ?? '')));
  }
}

function printSteps(steps: readonly PlannedStep[], withKind = false): void {
  const rows = steps.map((step) => {
    const { kind, step: instead, name, group, from, to, after, why } = viewStep(step);
    const change = from === null || to === null ? (to ?? from ?? '') : `${from} -> ${to}`;
    const what = withKind ? kind : (instead ?? '');
    return [what, name, group ?? '', change, after === null ? '' : `after: ${after}`, why];
  });
  const header = ['step', 'name', 'group', 'change', 'when', 'why'];
  // A column without anything in it is left out.
  const used = header.map((_name, column) => rows.some((row) => row[column] !== ''));
  const pick = (line: readonly string[]) => line.filter((_cell, column) => used[column]);
  printTable(pick(header), rows.map(pick));
}

function someOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
}
