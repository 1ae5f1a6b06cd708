/**
 * Removes secrets from a text before it is shown: query strings, credentials in URLs, and the values of Authorization
 * headers.
 */

const MASK = '****';
/** Each pattern is linear, because the text may be hostile. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)[ :=]+[\w+/.~-][\w+/.~=-]{11,}/gi, `$1 ${MASK}`],
  [/:\/\/[^\s/]*@/g, `://${MASK}@`],
  [/\?[\w%][^\s"'`)]*/g, `?${MASK}`],
];
/** A quick test: every secret above contains one of these, and most texts do not. */
const HINT = /[?@]|bearer|basic/i;

export function scrub(text: string): string {
  if (!HINT.test(text)) return text;
  return SECRETS.reduce((scrubbed, [pattern, shown]) => scrubbed.replace(pattern, shown), text);
}
