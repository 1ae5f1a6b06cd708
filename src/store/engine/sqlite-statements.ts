/** Statements are prepared once for each connection; the least lately used ones are forgotten. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

const MAX_STATEMENTS = 500;

export function statementCache(database: DatabaseSync): (sql: string) => StatementSync {
  const cache = new Map<string, StatementSync>();
  return (sql) => {
    const known = cache.get(sql);
    // The order of use matters only to a full cache.
    if (known !== undefined && cache.size < MAX_STATEMENTS) return known;
    const statement = known ?? database.prepare(sql);
    cache.delete(sql);
    cache.set(sql, statement);
    const oldest = cache.size > MAX_STATEMENTS ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return statement;
  };
}
