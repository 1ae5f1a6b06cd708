/** A plan as JSON, operation by operation, because the whole text of a large plan would need too much memory. */
import type { PlanInPieces } from './plan-view.ts';

/**
 * @param space the spaces of an indent, as for `JSON.stringify`
 * @yields the lines that `JSON.stringify` would make; an operation can have several lines
 */
export function* planJson(plan: PlanInPieces, space = 0): Generator<string> {
  // This cannot occur inside a string of the plan, because quotes are escaped there.
  const empty = space === 0 ? '"operations":[]' : '"operations": []';
  const [head = '', tail = ''] = JSON.stringify({ ...plan, operations: [] }, undefined, space).split(empty);
  const list = empty.slice(0, -1);
  const newLine = `\n${' '.repeat(2 * space)}`;
  let line: string | undefined;
  for (const operation of plan.operations) {
    yield line === undefined ? `${head}${list}` : `${line},`;
    const text = JSON.stringify(operation, undefined, space).replaceAll('\n', newLine);
    line = `${newLine.slice(1)}${text}`;
  }
  if (line === undefined) {
    yield `${head}${empty}${tail}`;
    return;
  }
  yield line;
  yield `${' '.repeat(space)}]${tail}`;
}
