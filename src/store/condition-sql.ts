/** Turns a condition into SQL. Every value and every path goes in as a parameter; names come from closed lists. */
import { sql, type RawBuilder } from 'kysely';
import type { Condition, Field } from '../directory/query.ts';
import type { Engine } from './engine.ts';
import { fold } from './rows.ts';

type Sql = RawBuilder<unknown>;
type Value = string | number | boolean | null;
type Table = 'users' | 'groups';

export function conditionSql(engine: Engine['name'], table: Table, condition: Condition): Sql {
  switch (condition.op) {
    case 'never':
      return sql`1 = 0`;
    case 'and':
      if (condition.conditions.length === 0) return sql`1 = 1`;
      return sql`(${sql.join(
        condition.conditions.map((part) => conditionSql(engine, table, part)),
        sql` and `,
      )})`;
    case 'eq':
      return equals(engine, table, condition.field, condition.value);
  }
}

function equals(engine: Engine['name'], table: Table, field: Field, value: Value): Sql {
  switch (field.kind) {
    case 'column':
      return columnEquals(table, field.name, value);
    case 'email':
      return table === 'users' ? emailEquals(field, value) : sql`1 = 0`;
    case 'member':
      if (table !== 'groups') return sql`1 = 0`;
      return sql`exists (select 1 from group_members where group_id = groups.id and user_id = ${String(value)})`;
    case 'path':
      return pathEquals(engine, table, field.path, value);
  }
}

function columnEquals(table: Table, name: Extract<Field, { kind: 'column' }>['name'], value: Value): Sql {
  switch (name) {
    case 'id':
      return sql`${sql.ref(`${table}.id`)} = ${String(value)}`;
    case 'externalId':
      if (value === null) return sql`${sql.ref(`${table}.external_id`)} is null`;
      return sql`${sql.ref(`${table}.external_id`)} = ${String(value)}`;
    case 'userName':
      return table === 'users' ? sql`users.user_name_key = ${fold(String(value))}` : sql`1 = 0`;
    case 'displayName':
      if (table === 'groups') return sql`groups.display_name_key = ${fold(String(value))}`;
      return sql`1 = 0`;
    case 'active': {
      if (table !== 'users' || typeof value !== 'boolean') return sql`1 = 0`;
      return sql`users.active = ${value ? 1 : 0}`;
    }
  }
}

function emailEquals({ type, primary }: Extract<Field, { kind: 'email' }>, value: Value): Sql {
  const parts: Sql[] = [sql`user_id = users.id`, sql`value_key = ${fold(String(value))}`];
  if (type !== undefined) parts.push(sql`type_key = ${fold(type)}`);
  if (primary !== undefined) parts.push(sql`is_primary = ${primary ? 1 : 0}`);
  return sql`exists (select 1 from user_emails where ${sql.join(parts, sql` and `)})`;
}

/** A simple attribute in the document. Both engines fold ASCII letters here; the columns fold all. */
function pathEquals(engine: Engine['name'], table: Table, path: readonly string[], value: Value): Sql {
  const attributes = sql.ref(`${table}.attributes`);
  const text =
    engine === 'sqlite'
      ? sql`(${attributes} ->> ${path.map((name) => `."${name.replaceAll('"', '')}"`).reduce((all, part) => all + part, '$')})`
      : sql`(${attributes}::jsonb #>> ${[...path]}::text[])`;
  if (value === null) return sql`${text} is null`;
  if (typeof value === 'boolean') {
    // SQLite reads JSON's true as 1, PostgreSQL as the text true.
    const stored = engine === 'sqlite' ? sql`cast(${text} as text)` : text;
    return sql`lower(${stored}) in (${String(value)}, ${engine === 'sqlite' ? String(Number(value)) : String(value)})`;
  }
  return sql`lower(cast(${text} as text)) = lower(${String(value)})`;
}
