/** The form in which names and text are compared: composed (NFC), and with full case folding, so that STRASSE is straße. */

const ASCII = /^[\0-\x7f]*$/;
/** The dotless i folds to itself, but has the same capital letter as i. It is put aside meanwhile. */
const DOTLESS_I = 'ı';
const PUT_ASIDE = '\uE000';

/**
 * Two texts are the same without regard to case when their folded forms are equal. JavaScript has no case folding of its
 * own: small, capital and small again comes to the same (Unicode 5.18), but for the final sigma and the dotless i.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFC')
    .replaceAll(DOTLESS_I, PUT_ASIDE)
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll(PUT_ASIDE, DOTLESS_I)
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}
