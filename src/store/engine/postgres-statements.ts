/**
 * Names for statements that run often. PostgreSQL parses and plans a named statement once for each connection; planning
 * a read of a user and their account takes several times as long as running it.
 */

/** A statement gets a name when it has run this often: what one client made up is not kept for ever. */
const RUNS_BEFORE_NAME = 2;
/** PostgreSQL keeps every named statement until its connection ends. */
const MAX_NAMES = 400;
const MAX_COUNTED = 2_000;

/** @returns the name of a statement, which is the same for the same text; undefined while it has none */
export function statementNames(): (sql: string) => string | undefined {
  const names = new Map<string, string>();
  const runs = new Map<string, number>();
  return (sql) => {
    const name = names.get(sql);
    if (name !== undefined || names.size === MAX_NAMES) return name;
    const count = (runs.get(sql) ?? 0) + 1;
    if (count < RUNS_BEFORE_NAME) {
      if (runs.size === MAX_COUNTED) runs.clear();
      runs.set(sql, count);
      return undefined;
    }
    runs.delete(sql);
    const given = `statement_${names.size + 1}`;
    names.set(sql, given);
    return given;
  };
}
