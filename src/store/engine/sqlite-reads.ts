/**
 * Answers the reads that were asked for in one turn of the event loop together, in one look at the file. Their requests
 * are then answered one right after the other: to wake a client for each answer costs more than to read.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { CompiledQuery } from 'kysely';
import type { Engine } from './engine.ts';
import { served } from './sqlite-failure.ts';

/** After this many rows the other reads wait for the next turn, so that what was read can be sent and forgotten. */
const MANY_ROWS = 100;

interface Asked {
  readonly queries: readonly CompiledQuery[];
  readonly resolve: (rows: Record<string, unknown>[][]) => void;
  readonly reject: (error: unknown) => void;
}

interface Reads extends Pick<Engine, 'read' | 'readTogether'> {
  /** Answers all that is asked for now. For an engine that is closed. */
  answerAll(): void;
}

export function sqliteReads(database: DatabaseSync, prepare: (sql: string) => StatementSync): Reads {
  const [begin, commit] = [database.prepare('begin'), database.prepare('commit')];
  let asked: Asked[] = [];

  function ask(queries: readonly CompiledQuery[]): Promise<Record<string, unknown>[][]> {
    return new Promise((resolve, reject) => {
      if (asked.length === 0) setImmediate(answerSome);
      asked.push({ queries, resolve, reject });
    });
  }

  function answerSome(): void {
    answer(MANY_ROWS);
    if (asked.length > 0) setImmediate(answerSome);
  }

  function answer(maxRows: number): void {
    let [answered, rows] = [0, 0];
    try {
      served(() => {
        // A transaction of the query builder may be open.
        const isOwn = !database.isTransaction;
        if (isOwn) begin.run();
        for (const one of asked) {
          if (rows >= maxRows) break;
          rows += answerOne(one);
          answered += 1;
        }
        if (isOwn) commit.run();
      });
    } catch (error) {
      for (const { reject } of asked) reject(error);
      answered = asked.length;
    }
    asked = asked.slice(answered);
  }

  /** @returns the number of rows that were read */
  function answerOne({ queries, resolve, reject }: Asked): number {
    try {
      const answers = served(() => queries.map(rowsOf));
      resolve(answers);
      return answers.reduce((sum, rows) => sum + rows.length, 0);
    } catch (error) {
      reject(error);
      return 0;
    }
  }

  function rowsOf({ sql, parameters }: CompiledQuery): Record<string, unknown>[] {
    return prepare(sql).all(...(parameters as readonly SQLInputValue[]));
  }

  return {
    read: async <Row>(query: CompiledQuery<Row>) => (await ask([query]))[0] as Row[],
    readTogether: ask,
    answerAll: () => {
      answer(Infinity);
    },
  };
}
