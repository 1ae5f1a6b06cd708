/** Makes node:sqlite a database that Kysely can use. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { SqliteAdapter, SqliteDialect, type Dialect, type SqliteDatabase } from 'kysely';
import { served } from './sqlite-failure.ts';

/** @param prepare gives the statement of a text of SQL */
export function sqliteDialect(database: DatabaseSync, prepare: (sql: string) => StatementSync): Dialect {
  return new TransactionalSqliteDialect({ database: adapt(database, prepare) });
}

/** SQLite changes tables within transactions; Kysely would not use that by itself. */
class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** node:sqlite behind the few calls that Kysely makes. */
function adapt(database: DatabaseSync, prepare: (sql: string) => StatementSync): SqliteDatabase {
  return {
    close: () => {
      database.close();
    },
    prepare: (sql) => {
      const statement = prepare(sql);
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => served(() => statement.all(...values(parameters))),
        run: (parameters) => served(() => statement.run(...values(parameters))),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}
