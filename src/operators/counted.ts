/** A number with its noun, for sentences. */

/** E.g. `1 user`, `2,000 users`. @param noun in the singular; its plural ends with s */
export function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
