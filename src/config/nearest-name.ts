/** Finds the name that a misspelt one stands for. */

/** A name that differs in more than this share of its length is no misspelling of it. */
const MAX_DIFFERENCE = 1 / 3;

/** @returns undefined when no known name is like this one */
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

/** How many letters must be inserted, removed or replaced to make one text the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const [above = 0, right = 0, left = 0] = [row[column], row[column + 1], next[column]];
      next.push(Math.min(above + (letter === other ? 0 : 1), right + 1, left + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
