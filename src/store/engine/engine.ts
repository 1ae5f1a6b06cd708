/** What the store needs of a database; SQLite and PostgreSQL stand behind it. */
import type { CompiledQuery, Kysely } from 'kysely';
import type { Random } from '../../random.ts';
import type { Database } from '../tables/schema.ts';

/** One statement of a write. */
export interface Statement {
  readonly query: CompiledQuery;
  /** How many rows it must touch; another number makes the whole write a conflict. */
  readonly expect?: number;
  /** Is given the rows of a statement that returns some: they count once the whole write is committed. */
  readonly returned?: (rows: readonly Readonly<Record<string, unknown>>[]) => void;
}

/**
 * `conflict`: an expectation did not hold, or another transaction was in the way. `duplicate`: a name is taken. In
 * both cases nothing of the write is left.
 */
export type WriteResult = 'committed' | 'conflict' | 'duplicate';

/** Every failure of the database itself, such as one that does not answer, is a BridgeError `unavailable`. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  /** For ids that the store gives. */
  readonly random: Random;
  /** The path of an SQLite database; null: it is on a server. */
  readonly file: string | null;
  /** Builds and runs queries; writes go through `write`. */
  readonly db: Kysely<Database>;
  /** Runs one query that was built before: no more than the database itself does. */
  read<Row>(query: CompiledQuery<Row>): Promise<readonly Row[]>;
  /**
   * Runs one query that may look at every row, where it holds up neither other requests nor other queries. Its SQL has
   * `JsonSql.inTime` among its conditions.
   * @throws BridgeError too_many when it runs for too long; unavailable when too many wait for their turn
   */
  scan<Row>(query: CompiledQuery<Row>): Promise<readonly Row[]>;
  /** Several reads of one consistent state. */
  readTogether(queries: readonly CompiledQuery[]): Promise<readonly (readonly Record<string, unknown>[])[]>;
  /**
   * Runs the statements as one transaction, durable when it resolves. The position of a change is given last, in the
   * order of commits.
   */
  write(statements: readonly Statement[]): Promise<WriteResult>;
  /**
   * The same for what may be lost when the machine fails: it does not wait for the disk. The end of the program, whatever
   * ends it, loses nothing.
   */
  writeUnsynced(statements: readonly Statement[]): Promise<WriteResult>;
  /**
   * Resolves when the database answers, and the last write did not fail because nothing can be written.
   * @throws BridgeError unavailable, with the reason
   */
  check(): Promise<void>;
  /** @throws BridgeError conflict when another bridge works with the file of the database; on a server many may */
  takeAlone(): void;
  close(): Promise<void>;
}

/** The unique indexes behind which a name stands; every other unique key is a lost race. */
const NAME_INDEXES = ['users_user_name', 'groups_display_name', 'user_name_key', 'display_name_key'];

/** @param text the constraint or the message that the database gave */
export function violated(text: string): WriteResult {
  return NAME_INDEXES.some((name) => text.includes(name)) ? 'duplicate' : 'conflict';
}
