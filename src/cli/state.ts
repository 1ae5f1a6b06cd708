/** `state` and `state diff`: what the IdP wanted and what Mode had at a time in the past. */
import { stateDiffLines, stateLines } from '../admin/state-view.ts';
import { BridgeError } from '../errors.ts';
import type { StateOptions } from '../operators/state/states.ts';
import type { StateDifference, StateEntry } from '../operators/state/state-entry.ts';
import { progressBar } from './progress-bar.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

interface Options extends WorkspaceOption {
  readonly json?: boolean;
}

type Progress = NonNullable<StateOptions['onProgress']>;

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
    const found = await withProgress((onProgress) => operators.states.at(slug, at, { onProgress }));
    if (json === true) {
      for (const line of stateLines(slug, found)) console.log(line);
      return;
    }
    console.log(
      `${slug} at ${instant(found.at)}: what the IdP wanted, and what Mode had as far as the bridge knew`,
    );
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
    const found = await withProgress((onProgress) => operators.states.diff(slug, from, to, { onProgress }));
    if (json === true) {
      for (const line of stateDiffLines(slug, found)) console.log(line);
      return;
    }
    console.log(`${slug} from ${instant(found.from)} to ${instant(found.to)}`);
    let isEmpty = true;
    for (const difference of found.differences) {
      isEmpty = false;
      console.log(`${SIGNS[difference.change]} ${textOf(difference.entry)}${beforeOf(difference)}`);
    }
    if (isEmpty) console.log('  Nothing differs.');
  });
}

async function withProgress<T>(work: (onProgress: Progress) => Promise<T>): Promise<T> {
  const bar = progressBar();
  return work((position, of) => {
    bar.show('reading the log', position, of);
  }).finally(() => {
    bar.end();
  });
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
