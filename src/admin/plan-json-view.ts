/** A plan as JSON, operation by operation: that of a large company is never in memory as text. */
import type { PlanInPieces } from './plan-view.ts';

/**
 * @param space as of `JSON.stringify`: spaces of an indent
 * @yields the lines of what `JSON.stringify` makes of the plan; each operation may be several
 */
export function* planJson(plan: PlanInPieces, space = 0): Generator<string> {
  // No text of the plan has it: quotes within texts are escaped.
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
