/**
 * Text as a cell of a CSV file (RFC 4180) that no spreadsheet takes for a formula: a name may come from anybody, and a
 * formula would run when a reviewer opens the file. A spreadsheet strips blanks and characters that nobody sees before it
 * looks for one, and with another separator (`;` in many countries, a tab) a cell begins in the middle of ours.
 */
const DEFUSE = "'";
/** Also the wide and small forms, which some spreadsheets take for the same. */
const FORMULA: ReadonlySet<string> = new Set('=+-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B');
const SEPARATORS: ReadonlySet<string> = new Set(';\t\r\n|');
/** Blanks, control characters and characters without a width; the quote, which a reader may strip. */
const UNSEEN = /[\s"\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
/** A cell that begins so is taken for a formula by some readers whatever follows. */
const CONTROL_START = /^[\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;
/** Without one of these there is nothing to defuse. */
const HINT = /[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B]|^[\t\r\n]/;

export function csvCell(text: string): string {
  const safe = HINT.test(text) ? defused(text) : text;
  return NEEDS_QUOTES.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Cells side by side, without the end of the line. */
export function csvCells(cells: readonly string[]): string {
  return cells.map(csvCell).join(',');
}

/** With an apostrophe where a formula could begin: at the start, and after each separator. */
function defused(text: string): string {
  let safe = '';
  let atStart = true;
  let mayBegin = true;
  let isFormula = CONTROL_START.test(text);
  for (const character of text) {
    if (mayBegin && FORMULA.has(character)) {
      if (atStart) isFormula = true;
      else safe += DEFUSE;
      mayBegin = false;
    } else if (SEPARATORS.has(character)) {
      mayBegin = true;
      atStart = false;
    } else if (!UNSEEN.test(character)) mayBegin = false;
    safe += character;
  }
  return isFormula ? DEFUSE + safe : safe;
}
