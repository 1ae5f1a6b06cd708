/** What something cost, what it may cost, and how that is shown. */
import { printCells } from '../table.ts';

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
  printCells(['work', 'measured', 'bound', 'met'], shown);
}
