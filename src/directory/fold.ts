/** The form in which names and text are compared: composed (NFC) and with full case folding, so that STRASSE equals straße. */

const ASCII = /^[\0-\x7f]*$/;
/** The dotless i folds to itself, but has the same capital letter as i. A placeholder stands for it during the folding. */
const DOTLESS_I = 'ı';
const PLACEHOLDER = '\uE000';

/**
 * Two texts are equal without regard to case if their folded forms are equal. JavaScript has no case folding, but lower
 * case, upper case and lower case again give the same result (Unicode 5.18), except for the final sigma and the dotless i.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFC')
    .replaceAll(DOTLESS_I, PLACEHOLDER)
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll(PLACEHOLDER, DOTLESS_I)
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}
