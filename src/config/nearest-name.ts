/** Finds the known name that is most like a misspelt one. */

/** A name that differs in more than this share of its length is not a misspelling. */
const MAX_DIFFERENCE = 1 / 3;

/** @returns undefined when no known name is similar */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: { readonly known: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (nearest === undefined || distance < nearest.distance) nearest = { known: candidate, distance };
  }
  return nearest !== undefined && nearest.distance <= name.length * MAX_DIFFERENCE
    ? nearest.known
    : undefined;
}

/** How many letters must be inserted, removed, replaced or swapped with the next one to make one text the other. */
function editDistance(from: string, to: string): number {
  const [letters, others] = [Array.from(from), Array.from(to)];
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: others.length + 1 }, (_, column) => column);
  for (const [line, letter] of letters.entries()) {
    const next = [line + 1];
    for (const [column, other] of others.entries()) {
      const [above = 0, right = 0, left = 0] = [row[column], row[column + 1], next[column]];
      const isSwapped = line > 0 && letter === others[column - 1] && letters[line - 1] === other;
      const swapped = isSwapped ? (before[column - 1] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(above + (letter === other ? 0 : 1), right + 1, left + 1, swapped));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
