/** Rows of a benchmark, and how they are shown. */
export interface Row {
  readonly work: string;
  /** In `unit`, as all of them; null: this server does not take part. */
  readonly bridge: number;
  readonly scimmy_routers: number | null;
  readonly bare_fastify: number | null;
  readonly unit: 'requests/s' | 'ms' | 'MB';
  /** What the target is about. */
  readonly ratio: number;
  readonly target: string;
  /** Null where the target does not bind, as on PostgreSQL. */
  readonly met: boolean | null;
}

/** @param target e.g. `>= 5` */
export function meets(ratio: number, target: string): boolean {
  const [, sign, bound] = /^(>=|<=) ([\d.]+)/.exec(target) ?? [];
  if (sign === undefined) throw new Error(`"${target}" is no target.`);
  return sign === '>=' ? ratio >= Number(bound) : ratio <= Number(bound);
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

export function printTable(rows: readonly Row[]): void {
  const shown = rows.map((row) => [
    row.work,
    amount(row.bridge, row.unit),
    row.scimmy_routers === null ? '-' : amount(row.scimmy_routers, row.unit),
    row.bare_fastify === null ? '-' : amount(row.bare_fastify, row.unit),
    row.ratio.toPrecision(3),
    row.target,
    row.met === null ? '-' : row.met ? 'yes' : 'NO',
  ]);
  printCells(['work', 'bridge', 'scimmy-routers', 'bare Fastify', 'ratio', 'target', 'met'], shown);
}

/** As Markdown has tables. */
export function printCells(head: readonly string[], shown: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...shown.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  console.log(line(head));
  console.log(line(widths.map((width) => '-'.repeat(width))));
  for (const row of shown) console.log(line(row));
}

function amount(value: number, unit: Row['unit']): string {
  const digits = value >= 100 ? 0 : value >= 1 ? 1 : 3;
  return `${value.toFixed(digits)} ${unit}`;
}
