/**
 * Writes a text as a CSV cell (RFC 4180) that no spreadsheet reads as a formula. Anyone may choose a name, and a formula
 * would run when a reviewer opens the file. Spreadsheets strip blanks and invisible characters before they look for a
 * formula. With another separator (`;` in many countries, or a tab), a cell starts in the middle of ours.
 */
const DEFUSE = "'";
/** Includes the full-width and small forms, which some spreadsheets treat in the same way. */
const FORMULA: ReadonlySet<string> = new Set('=+-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B');
const SEPARATORS: ReadonlySet<string> = new Set(';\t\r\n|');
/** Blanks, control characters, characters without a width, and the quote, which a reader may strip. */
const INVISIBLE = /[\s"\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
/** Some readers treat a cell that starts with one of these as a formula, whatever follows. */
const CONTROL_START = /^[\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;
/** A text without a match contains no formula. */
const HINT = /[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B]|^[\t\r\n]/;

export function csvCell(text: string): string {
  const safe = HINT.test(text) ? withoutFormulas(text) : text;
  return NEEDS_QUOTES.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A row of cells, without the end of the line. */
export function csvCells(cells: readonly string[]): string {
  return cells.map(csvCell).join(',');
}

/** Adds an apostrophe where a formula could start: at the start of the text, and after each separator. */
function withoutFormulas(text: string): string {
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
    } else if (!INVISIBLE.test(character)) mayBegin = false;
    safe += character;
  }
  return isFormula ? DEFUSE + safe : safe;
}
