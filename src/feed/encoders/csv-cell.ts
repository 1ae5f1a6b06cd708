/**
 * Text as a cell of a CSV file (RFC 4180) that no spreadsheet takes for a formula: a name may come from anybody, and
 * a cell that begins with =, +, -, @ or a control character would be run when a reviewer opens the file.
 */
const FORMULA = /^[=+\-@\t\r\n]/;
/** Also those that spreadsheets take for the same. */
const WIDE_FORMULA = /^[\uFF1D\uFF0B\uFF0D\uFF20]/;
const NEEDS_QUOTES = /[",\r\n]/;

export function csvCell(text: string): string {
  const safe = FORMULA.test(text) || WIDE_FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Cells side by side, without the end of the line. */
export function csvCells(cells: readonly string[]): string {
  return cells.map(csvCell).join(',');
}
