/** Takes secrets out of a text that may be shown: query strings, credentials in URLs, and the values of Authorization headers. */

const MASK = '****';
/** Each pattern is linear: a text may come from a stranger. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)[ :=]+[\w+/.~-][\w+/.~=-]{11,}/gi, `$1 ${MASK}`],
  [/:\/\/[^\s/]*@/g, `://${MASK}@`],
  [/\?[\w%][^\s"'`)]*/g, `?${MASK}`],
];
/** What every secret above has in it; most texts have none of these. */
const HINT = /[?@]|bearer|basic/i;

export function scrub(text: string): string {
  if (!HINT.test(text)) return text;
  return SECRETS.reduce((scrubbed, [pattern, shown]) => scrubbed.replace(pattern, shown), text);
}
