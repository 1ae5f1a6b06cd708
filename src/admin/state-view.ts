/**
 * A state, or the difference of two states, as JSON, line by line. The text of a large state is never in memory as a
 * whole.
 */
import type { StateAt, StateDiff } from '../operators/state/states.ts';
import { instant } from './instant.ts';

/** One entry a line. */
export function stateLines(workspace: string, { at, position, entries }: StateAt): Generator<string> {
  return lines({ workspace, at: instant(at), position: String(position) }, 'entries', entries);
}

/** One difference a line. */
export function stateDiffLines(workspace: string, { from, to, differences }: StateDiff): Generator<string> {
  return lines({ workspace, from: instant(from), to: instant(to) }, 'differences', differences);
}

function* lines(head: object, name: string, items: Iterable<object>): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"${name}":[`;
  let line: string | undefined;
  for (const item of items) {
    if (line !== undefined) yield `${line},`;
    line = JSON.stringify(item);
  }
  yield `${line ?? ''}]}`;
}
