/** Prints a plan for a person: steps that remove access first, with names. */
import { viewPlan, type OperationKind, type PlannedOperation, type PlanView } from '../admin/plan-view.ts';
import { csvCells } from '../feed/encoders/csv-cell.ts';
import type { PlanReport } from '../operators/make-plan.ts';
import { counted } from '../operators/counted.ts';
import { durationText } from './duration-text.ts';
import { printTable } from './print-table.ts';

const TITLES: Readonly<Record<OperationKind, string>> = {
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
  task: "Tasks for a person: Mode's API cannot do them",
  held: 'Held',
  rejected: 'Rejected: these stay as they are',
  blocked: 'Blocked until somebody changes something',
};
/** These are always listed completely. */
const LISTED_WHOLE: ReadonlySet<OperationKind> = new Set([
  'remove',
  'set_role',
  'delete_group',
  'held',
  'rejected',
]);
const MAX_ROWS = 100;
const MAX_NAMES = 10;

const COLUMNS = ['kind', 'step', 'subject', 'id', 'name', 'group', 'from', 'to', 'after', 'why'] as const;

export function printPlan(plan: PlanReport): void {
  const {
    connection,
    state,
    operations,
    counts,
    calls,
    seconds,
    unmatched,
    unread_groups: unread,
  } = viewPlan(plan);
  const title = state === 'live' ? 'What is still to do' : 'What going live would do';
  console.log(`${title}: connection ${connection} of ${plan.connection.workspace}, ${state}`);
  const [members, groups] = [plan.reads.members, plan.reads.groups].map((at) => new Date(at).toISOString());
  console.log(`Mode as read: its members at ${members}, its groups at ${groups}`);
  printOperations({ operations, counts }, '--csv and --json have');
  if (plan.steps.length === 0) console.log('\nNothing: Mode is as the IdP wants it.');
  if (unread.length > 0)
    console.log(`\nNot certain before Mode is read again: the members of ${someOf(unread)}`);
  console.log(
    `\nLeft alone, because nobody has pushed them: ${counted(unmatched.length, 'active member')} of Mode` +
      (unmatched.length === 0 ? '' : `: ${someOf(unmatched)}`),
  );
  console.log(`This takes ${counted(calls, 'call')} to Mode, about ${durationText(seconds)}.`);
  console.log(`plan id  ${plan.id}`);
}

interface Operations {
  /** In the order of kinds. */
  readonly operations: Iterable<PlannedOperation>;
  readonly counts: PlanView['counts'];
}

/** @param rest the option whose output has the remaining steps */
export function printOperations({ operations, counts }: Operations, rest: string): void {
  let kind: OperationKind | undefined;
  let listed: PlannedOperation[] = [];
  const print = () => {
    if (kind === undefined) return;
    const count = counts[kind];
    console.log(`\n${TITLES[kind]} (${count.toLocaleString('en')})`);
    printSteps(listed);
    const more = count - listed.length;
    if (more > 0) console.log(`  and ${more.toLocaleString('en')} more: ${rest} all`);
  };
  for (const operation of operations) {
    if (operation.kind !== kind) {
      print();
      kind = operation.kind;
      listed = [];
    }
    if (listed.length < MAX_ROWS || LISTED_WHOLE.has(kind)) listed.push(operation);
  }
  print();
}

/** How the current plan differs from the plan that was shown. */
export function printDifference({
  added,
  removed,
}: {
  readonly added: readonly PlannedOperation[];
  readonly removed: readonly PlannedOperation[];
}): void {
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

/** A header, and a line for each operation. */
export function printPlanCsv({ operations }: Pick<Operations, 'operations'>): void {
  console.log(csvCells(COLUMNS));
  for (const { kind, step, subject, name, group, from, to, after, why } of operations) {
    const cells = [kind, step, subject.kind, subject.id, name, group, from, to, after, why];
    console.log(csvCells(cells.map((cell) => cell ?? '')));
  }
}

export function printSteps(operations: readonly PlannedOperation[], withKind = false): void {
  const rows = operations.map(({ kind, step: instead, name, group, from, to, after, why }) => {
    const change = from === null || to === null ? (to ?? from ?? '') : `${from} -> ${to}`;
    const what = withKind ? kind : (instead ?? '');
    return [what, name, group ?? '', change, after === null ? '' : `after: ${after}`, why];
  });
  const header = ['step', 'name', 'group', 'change', 'when', 'why'];
  // An empty column is left out.
  const used = header.map((_name, column) => rows.some((row) => row[column] !== ''));
  const pick = (line: readonly string[]) => line.filter((_cell, column) => used[column]);
  printTable(pick(header), rows.map(pick));
}

function someOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
}
