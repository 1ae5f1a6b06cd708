/** Runs the SQL about touched rows. */
import { sql, type RawBuilder } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { jsonSql } from '../engine/json-sql.ts';

export async function ask<Row>(engine: Engine, query: RawBuilder<unknown>): Promise<readonly Row[]> {
  return (await engine.read(query.compile(engine.db))) as readonly Row[];
}

/** The column has one of any number of values. */
export function within(
  { name }: Engine,
  column: RawBuilder<unknown>,
  values: Iterable<string>,
): RawBuilder<unknown> {
  return sql`${column} in ${jsonSql(name).ids(JSON.stringify([...values]))}`;
}
