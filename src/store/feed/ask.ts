/** How the SQL of what was touched is asked. */
import { sql, type RawBuilder } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { jsonSql } from '../engine/json-sql.ts';

export async function ask<Row>(engine: Engine, query: RawBuilder<unknown>): Promise<readonly Row[]> {
  return (await engine.read(query.compile(engine.db))) as readonly Row[];
}

/** The column has one of the values, however many there are. */
export function within(
  { name }: Engine,
  column: RawBuilder<unknown>,
  values: Iterable<string>,
): RawBuilder<unknown> {
  return sql`${column} in ${jsonSql(name).ids(JSON.stringify([...values]))}`;
}
