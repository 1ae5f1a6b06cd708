/** What something cost, what it may cost, and how that is shown. */
export interface Cost {
  readonly work: string;
  /** In `unit`. */
  readonly measured: number;
  readonly bound: number;
  readonly unit: 'calls' | 's' | 'x';
  readonly met: boolean;
}

export function printCosts(rows: readonly Cost[]): void {
  const amount = (value: number, unit: Cost['unit']) =>
    `${unit === 'calls' ? value : value.toFixed(unit === 's' ? 1 : 2)} ${unit}`;
  const shown = rows.map(({ work, measured, bound, unit, met }) => [
    work,
    amount(measured, unit),
    `<= ${amount(bound, unit)}`,
    met ? 'yes' : 'NO',
  ]);
  const head = ['work', 'measured', 'bound', 'met'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...shown.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  console.log(line(head));
  console.log(line(widths.map((width) => '-'.repeat(width))));
  for (const cells of shown) console.log(line(cells));
}
