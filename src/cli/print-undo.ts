/**
 * Prints the plan of an undo for a person: values that are set back in the directory, changes in Mode, and what stays.
 */
import type {
  NotUndoneView,
  RestoredView,
  UndoneView,
  UndoPlanView,
  viewUndoDifference,
} from '../admin/undo-view.ts';
import { counted } from '../operators/counted.ts';
import { commandLine } from './command-line.ts';
import { durationText } from './duration-text.ts';
import { printDifference, printOperations, printSteps } from './print-plan.ts';
import { printTable } from './print-table.ts';

const MAX_ROWS = 100;

const VALUES: Readonly<Record<RestoredView['what'], string>> = {
  access: 'in the workspace',
  role: 'admin',
  address: 'address',
  account: 'account',
  group: 'group',
  group_name: 'name of the group',
  member: 'in the group',
};

export function printUndoPlan(plan: UndoPlanView, workspace: string): void {
  const { connection, state, from, to, restored, no_longer: noLonger, not_undone: notUndone } = plan;
  console.log(`What an undo would do: connection ${connection} of ${workspace}, ${state}`);
  console.log(`From ${from} to ${to}; Mode as read at ${plan.read_at}`);
  if (restored.length > 0)
    console.log(`\nSet back in the directory (${restored.length.toLocaleString('en')})`);
  printRestored(restored);
  printOperations(plan, '--json has');
  if (noLonger.length > 0) {
    console.log(`\nNo longer done in Mode (${noLonger.length.toLocaleString('en')})`);
    printSteps(noLonger.slice(0, MAX_ROWS), true);
    more(noLonger.length);
  }
  if (notUndone.length > 0)
    console.log(`\nNot undone, or not as it was (${notUndone.length.toLocaleString('en')})`);
  printNotUndone(notUndone);
  if (restored.length === 0) {
    console.log('\nThere is nothing to undo: the directory says what it said before.');
    return;
  }
  const when = state === 'live' ? '' : `, once the connection is live: it is ${state}`;
  console.log(
    `\nThis takes ${counted(plan.calls, 'call')} to Mode, about ${durationText(plan.seconds)}${when}.`,
  );
  console.log(`plan id  ${plan.id}`);
  const line = `undo --workspace ${workspace} --connection ${connection} --plan-id ${plan.id}`;
  console.log(`Apply it: ${commandLine(line)}`);
}

export function printUndone(
  { plan_id: id, restored, calls, seconds, left }: UndoneView,
  state: string,
): void {
  if (restored === 0 && left.length === 0) {
    console.log('There is nothing to undo: the directory says what it said before.');
    return;
  }
  const then =
    state === 'live'
      ? `The bridge now makes Mode the same: ${counted(calls, 'call')}, about ${durationText(seconds)}.`
      : `The connection is ${state}: Mode follows once it is live.`;
  console.log(`Undone with plan ${id}: ${counted(restored, 'value')} set back in the directory. ${then}`);
  if (left.length === 0) return;
  console.log(`Left as it is, because the IdP wrote it meanwhile (${left.length.toLocaleString('en')})`);
  printRestored(left);
}

/** How the current plan differs from the plan that was shown. */
export function printUndoDifference(difference: ReturnType<typeof viewUndoDifference>): void {
  for (const [title, values] of [
    ['Set back, too', difference.restored_more],
    ['Not set back any more', difference.restored_less],
  ] as const) {
    if (values.length > 0) console.log(`${title} (${values.length.toLocaleString('en')})`);
    printRestored(values);
  }
  printDifference(difference);
}

function printRestored(restored: readonly RestoredView[]): void {
  if (restored.length === 0) return;
  const rows = restored.slice(0, MAX_ROWS).map(({ what, name, group, from, to }) => {
    return [VALUES[what], name, group ?? '', `${textOf(from)} -> ${textOf(to)}`];
  });
  printTable(['what', 'name', 'group', 'change'], rows);
  more(restored.length);
}

/** Grouped by reason. */
function printNotUndone(notUndone: readonly NotUndoneView[]): void {
  for (const [text, some] of Map.groupBy(notUndone, (each) => each.text)) {
    console.log(`  ${text}`);
    for (const { what, name, group } of some.slice(0, MAX_ROWS))
      console.log(`    ${what.replace('_', ' ')}: ${name}${group === null ? '' : ` in ${group}`}`);
    more(some.length);
  }
}

function more(count: number): void {
  if (count > MAX_ROWS) console.log(`  and ${(count - MAX_ROWS).toLocaleString('en')} more: --json has all`);
}

function textOf(value: string | boolean | null): string {
  if (value === null) return 'not stated';
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
}
