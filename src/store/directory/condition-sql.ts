/** Turns a condition into SQL. Every value and every path goes in as a parameter; names come from closed lists. */
import { sql, type RawBuilder } from 'kysely';
import { foldText } from '../../directory/fold.ts';
import type { Comparator, Condition, Field, List, Sort } from '../../directory/query.ts';
import type { Engine } from '../engine/engine.ts';
import { jsonSql, type JsonSql } from '../engine/json-sql.ts';
import { nameKey } from '../tables/keys.ts';

type Sql = RawBuilder<unknown>;
type Table = 'users' | 'groups';
type Compare = Extract<Condition, { readonly op: Comparator }>;

/** The columns with an index and few rows for each value. */
const UNIQUE: Readonly<Record<Table, ReadonlySet<string>>> = {
  users: new Set(['id', 'userName', 'externalId']),
  groups: new Set(['id', 'displayName', 'externalId']),
};

/** A value in the stored form of its field. */
export function boundValue({ op, field, value }: Compare): string | number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (field.kind === 'column' && (field.name === 'userName' || field.name === 'displayName')) {
    return op === 'eq' ? nameKey(value) : foldText(value);
  }
  const folded =
    (field.kind === 'path' && !field.exact) || (field.kind === 'related' && field.name === 'display');
  return folded ? foldText(value) : value;
}

/** @param condition with values from `boundValue`, or placeholders for them */
export function conditionSql(engine: Engine['name'], table: Table, condition: Condition): Sql {
  const json = jsonSql(engine);
  const document = sql`${sql.ref(`${table}.document`)}`;

  function compile(part: Condition, inElement: boolean): Sql {
    switch (part.op) {
      case 'always':
        return sql`1 = 1`;
      case 'never':
        return sql`1 = 0`;
      case 'and':
      case 'or': {
        const parts = part.conditions.map((one) => compile(one, inElement));
        if (parts.length === 0) return part.op === 'and' ? sql`1 = 1` : sql`1 = 0`;
        return sql`(${sql.join(parts, part.op === 'and' ? sql` and ` : sql` or `)})`;
      }
      case 'not':
        return sql`(not ${compile(part.condition, inElement)})`;
      case 'present':
        return present(part.field, inElement);
      case 'some':
        return some(part.list, part.condition);
      default:
        return compare(part, inElement);
    }
  }

  function some(list: List, wanted: Condition): Sql {
    if (list.kind === 'path') {
      const all = sql`exists (select 1 from ${json.elements(document, list.path)} where ${compile(wanted, true)})`;
      const address = table === 'users' && list.path.join('.') === 'emails' ? addressIn(wanted) : undefined;
      if (address === undefined) return all;
      // The index finds a few candidates; the comparison is still applied to them.
      const found = sql`(select user_id from user_addresses where address_key = ${address})`;
      return sql`(users.id in ${found} and ${all})`;
    }
    if (list.kind === 'members') {
      if (table !== 'groups') return sql`1 = 0`;
      const id = relatedId(wanted);
      if (id !== undefined)
        return sql`groups.id in (select group_id from group_members where user_id = ${id})`;
      return sql`exists (select 1 from group_members as link inner join users as related on related.id = link.user_id
        where link.group_id = groups.id and ${compile(wanted, true)})`;
    }
    if (table !== 'users') return sql`1 = 0`;
    const id = relatedId(wanted);
    if (id !== undefined) return sql`users.id in (select user_id from group_members where group_id = ${id})`;
    return sql`exists (select 1 from group_members as link inner join groups as related on related.id = link.group_id
      where link.user_id = users.id and ${compile(wanted, true)})`;
  }

  function present(field: Field, inElement: boolean): Sql {
    if (field.kind === 'related') return sql`1 = 1`;
    if (field.kind === 'column') {
      if (field.name !== 'externalId') return sql`1 = 1`;
      return sql`(${sql.ref(`${table}.external_id`)} is not null)`;
    }
    if (!inElement) return json.present(document, field.path);
    return json.coalesceFalse(sql`${json.elementText(field.path)} <> ''`);
  }

  function compare({ op, field, value }: Compare, inElement: boolean): Sql {
    const given = sql`${value}`;
    if (field.kind === 'column') return columnCompare(json, table, op, field.name, given);
    if (field.kind === 'related') return textCompare(json, op, relatedText(table, field.name), given);
    const text = inElement ? json.elementText(field.path) : json.text(document, field.path);
    return json.coalesceFalse(textCompare(json, op, field.exact ? text : json.fold(text), given));
  }

  return compile(condition, false);
}

/** The sort key of a list; null for a resource without the attribute. */
export function sortKey(engine: Engine['name'], table: Table, { field }: Sort): Sql {
  const json = jsonSql(engine);
  const document = sql`${sql.ref(`${table}.document`)}`;
  if (field.kind === 'column') return columnOf(table, field.name) ?? sql`null`;
  if (field.kind === 'related') return sql`null`;
  if (field.kind === 'path') {
    const text = json.text(document, field.path);
    return json.ordered(field.exact ? text : json.fold(text));
  }
  const primary = json.elementText(['primary']);
  return json.ordered(sql`(select ${json.fold(json.elementText([field.part]))} from ${json.elements(document, field.path)}
    order by case when ${primary} = 'true' then 0 else 1 end, ${json.elementOrder} limit 1)`);
}

function columnOf(table: Table, name: Extract<Field, { kind: 'column' }>['name']): Sql | undefined {
  const column = (of: string) => sql`${sql.ref(`${table}.${of}`)}`;
  switch (name) {
    case 'id':
      return column('id');
    case 'externalId':
      return column('external_id');
    case 'userName':
      return table === 'users' ? column('user_name_key') : undefined;
    case 'displayName':
      return table === 'groups' ? column('display_name_key') : undefined;
    case 'active':
      return table === 'users' ? column('active') : undefined;
    case 'created':
      return column('created_at');
    case 'lastModified':
      return column('updated_at');
    case 'version':
      return column('version');
  }
}

function columnCompare(
  json: JsonSql,
  table: Table,
  op: Comparator,
  name: Extract<Field, { kind: 'column' }>['name'],
  value: Sql,
): Sql {
  const column = columnOf(table, name);
  if (column === undefined) return sql`1 = 0`;
  if (name === 'active') return sql`${column} = ${value}`;
  // A client may give fractions of a millisecond.
  if (name === 'created' || name === 'lastModified') {
    return sql`${column} ${sign(op)} cast(${value} as double precision)`;
  }
  if (name === 'version') return textCompare(json, op, sql`('W/"' || ${column} || '"')`, value);
  const compared = textCompare(json, op, column, value);
  return name === 'externalId' ? sql`(${column} is not null and ${compared})` : compared;
}

function textCompare(json: JsonSql, op: Comparator, text: Sql, value: Sql): Sql {
  const given = sql`cast(${value} as text)`;
  switch (op) {
    case 'eq':
      return sql`${text} = ${given}`;
    case 'co':
      return json.contains(text, given);
    case 'sw':
      return sql`substr(${text}, 1, length(${given})) = ${given}`;
    case 'ew':
      return json.endsWith(text, given);
    default:
      return sql`${json.ordered(text)} ${sign(op)} ${given}`;
  }
}

function sign(op: Comparator): Sql {
  switch (op) {
    case 'gt':
      return sql`>`;
    case 'ge':
      return sql`>=`;
    case 'lt':
      return sql`<`;
    case 'le':
      return sql`<=`;
    default:
      return sql`=`;
  }
}

function relatedText(table: Table, name: 'value' | 'display'): Sql {
  if (name === 'value') return table === 'groups' ? sql`link.user_id` : sql`link.group_id`;
  return table === 'groups' ? sql`related.user_name_key` : sql`related.display_name_key`;
}

/** The id, when the condition is only about the id. */
function relatedId(condition: Condition): string | number | boolean | undefined {
  if (condition.op !== 'eq' || condition.field.kind !== 'related' || condition.field.name !== 'value')
    return undefined;
  return condition.value;
}

/** The address that every match must have, if any. */
function addressIn(condition: Condition): string | number | boolean | undefined {
  if (condition.op === 'and') return condition.conditions.map(addressIn).find((found) => found !== undefined);
  if (condition.op !== 'eq' || condition.field.kind !== 'path') return undefined;
  return condition.field.path.join('.') === 'value' ? condition.value : undefined;
}

/**
 * Whether an index finds the few rows that can match. Only conditions for which the database certainly uses an index
 * count.
 */
export function isIndexed(table: Table, condition: Condition): boolean {
  switch (condition.op) {
    case 'never':
      return true;
    case 'and':
      return condition.conditions.some((part) => isIndexed(table, part));
    case 'eq':
      return condition.field.kind === 'column' && UNIQUE[table].has(condition.field.name);
    case 'some': {
      const { list, condition: wanted } = condition;
      if (list.kind === 'members') return table === 'groups' && relatedId(wanted) !== undefined;
      // A group may have very many members, so finding them reads many rows.
      if (list.kind !== 'path') return false;
      return table === 'users' && list.path.join('.') === 'emails' && addressIn(wanted) !== undefined;
    }
    default:
      return false;
  }
}
