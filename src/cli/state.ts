/** `state` and `state diff`: what the IdP wanted and what Mode had at a time in the past. */
import { BridgeError } from '../errors.ts';
import type { StateDifference, StateEntry } from '../operators/state/state-entry.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

interface Options extends WorkspaceOption {
  readonly json?: boolean;
}

const SIDES = { idp: 'IdP', mode: 'Mode' } as const;
const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

export async function state({ at, json, workspace }: Options & { readonly at?: string }): Promise<void> {
  if (at === undefined)
    throw new BridgeError(
      'invalid_value',
      'Give a time: --at 2026-01-05T09:00:00Z, or how long ago: --at 2h.',
    );
  await useBridge(async ({ operators }) => {
    const slug = await operators.connections.workspace(workspace);
    const found = await operators.states.at(slug, at);
    const head = { workspace: slug, at: instant(found.at), position: String(found.position) };
    if (json === true) {
      printJson(head, 'entries', found.entries);
      return;
    }
    console.log(`${slug} at ${head.at}: what the IdP wanted, and what Mode had as far as the bridge knew`);
    let isEmpty = true;
    for (const entry of found.entries) {
      isEmpty = false;
      console.log(`  ${textOf(entry)}`);
    }
    if (isEmpty) console.log('  Nobody and nothing.');
  });
}

export async function stateDiff(from: string, to: string, { json, workspace }: Options): Promise<void> {
  await useBridge(async ({ operators }) => {
    const slug = await operators.connections.workspace(workspace);
    const found = await operators.states.diff(slug, from, to);
    const head = { workspace: slug, from: instant(found.from), to: instant(found.to) };
    if (json === true) {
      printJson(head, 'differences', found.differences);
      return;
    }
    console.log(`${slug} from ${head.from} to ${head.to}`);
    let isEmpty = true;
    for (const difference of found.differences) {
      isEmpty = false;
      console.log(`${SIGNS[difference.change]} ${textOf(difference.entry)}${beforeOf(difference)}`);
    }
    if (isEmpty) console.log('  Nothing differs.');
  });
}

/** One line for each item: a state of a large company is never in memory as text. */
function printJson(head: object, name: string, items: Iterable<object>): void {
  console.log(`${JSON.stringify(head).slice(0, -1)},"${name}":[`);
  let line: string | undefined;
  for (const item of items) {
    if (line !== undefined) console.log(`${line},`);
    line = JSON.stringify(item);
  }
  console.log(`${line ?? ''}]}`);
}

function textOf({ side, what, group, name, detail }: StateEntry): string {
  const place = what === 'member' ? `${name} in "${group}"` : what === 'group' ? `"${name}"` : name;
  return `${SIDES[side].padEnd(4)}  ${what.padEnd(6)}  ${place}${detail === '' ? '' : `: ${detail}`}`;
}

function beforeOf(difference: StateDifference): string {
  return difference.change === 'changed' ? ` (before: ${difference.before})` : '';
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
