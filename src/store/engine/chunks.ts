/** Lists that are longer than a statement may have parameters are worked through in pieces. */

/** Far below SQLite's 32,766 and PostgreSQL's 65,535, with several parameters a row. */
const CHUNK = 500;

export function chunks<T>(items: readonly T[]): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += CHUNK) pieces.push(items.slice(from, from + CHUNK));
  return pieces;
}
