/** What the two engines spell differently about JSON, text and order. Every path goes in as a parameter. */
import { sql, type RawBuilder } from 'kysely';
import type { Engine } from './engine.ts';

type Sql = RawBuilder<unknown>;

/** JSON in a column or in an element, and what stands in it. */
export interface JsonSql {
  /** The value at the path as text; null when there is none, or an object or a list. */
  text(json: Sql, path: readonly string[]): Sql;
  /** The same of an element of a list; an element that is no object is its own `value`. */
  elementText(path: readonly string[]): Sql;
  /** Whether there is something at the path that is not empty. */
  present(json: Sql, path: readonly string[]): Sql;
  /** Rows of a list at the path, as `element`. */
  elements(json: Sql, path: readonly string[]): Sql;
  /** The order of an element within its list. */
  readonly elementOrder: Sql;
  /** Text without regard to case. */
  fold(text: Sql): Sql;
  contains(text: Sql, part: Sql): Sql;
  endsWith(text: Sql, end: Sql): Sql;
  /** Text in the order of its code points, on both engines alike. */
  ordered(text: Sql): Sql;
  /** The ids of a JSON list of text. */
  ids(list: unknown): Sql;
  coalesceFalse(condition: Sql): Sql;
  /** Is true, and ends a scan that has run for too long. @param column of the table that is scanned */
  inTime(column: Sql): Sql;
  /** All rows as the text of a JSON list of pairs of two columns. */
  pairs(first: string, second: string): Sql;
}

export function jsonSql(engine: Engine['name']): JsonSql {
  return engine === 'sqlite' ? sqlite : postgres;
}

const sqlite: JsonSql = {
  text: (json, path) => sqliteText(json, path),
  elementText: (path) => sql`(case when element.type = 'object' then ${sqliteText(sql`element.value`, path)}
    ${isValue(path) ? sql`when element.type in ('true', 'false') then element.type when element.type in ('text', 'integer', 'real') then cast(element.value as text)` : sql``} end)`,
  present: (json, path) => {
    const at = jsonPath(path);
    return sql`(case json_type(${json}, ${at}) when 'array' then json_array_length(${json}, ${at}) > 0
      when 'object' then (${json} -> ${at}) <> '{}' when 'text' then (${json} ->> ${at}) <> '' when 'null' then 0
      when 'true' then 1 when 'false' then 1 when 'integer' then 1 when 'real' then 1 else 0 end)`;
  },
  elements: (json, path) => {
    const at = jsonPath(path);
    return sql`json_each(case json_type(${json}, ${at}) when 'array' then ${json} -> ${at} else '[]' end) as element`;
  },
  elementOrder: sql`element.key`,
  fold: (text) => sql`bridge_fold(${text})`,
  contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
  endsWith: (text, end) => sql`substr(${text}, -length(${end})) = ${end}`,
  ordered: (text) => text,
  ids: (list) => sql`(select value from json_each(${list}))`,
  coalesceFalse: (condition) => sql`coalesce(${condition}, 0)`,
  inTime: (column) => sql`bridge_in_time(${column})`,
  pairs: (first, second) => sql`json_group_array(json_array(${sql.ref(first)}, ${sql.ref(second)}))`,
};

const postgres: JsonSql = {
  text: (json, path) => postgresText(sql`(${json}::jsonb #> ${[...path]}::text[])`),
  elementText: (path) => {
    const within = postgresText(sql`(element.value #> ${[...path]}::text[])`);
    const own = isValue(path) ? postgresText(sql`element.value`) : sql`null`;
    return sql`(case when jsonb_typeof(element.value) = 'object' then ${within} else ${own} end)`;
  },
  present: (json, path) => {
    const at = sql`(${json}::jsonb #> ${[...path]}::text[])`;
    return sql`coalesce(${at} not in ('null'::jsonb, '""'::jsonb, '[]'::jsonb, '{}'::jsonb), false)`;
  },
  elements: (json, path) => {
    const at = sql`(${json}::jsonb #> ${[...path]}::text[])`;
    return sql`jsonb_array_elements(case jsonb_typeof(${at}) when 'array' then ${at} else '[]'::jsonb end)
      with ordinality as element(value, place)`;
  },
  elementOrder: sql`element.place`,
  fold: (text) => sql`bridge_fold(${text})`,
  contains: (text, part) => sql`strpos(${text}, ${part}) > 0`,
  endsWith: (text, end) => sql`right(${text}, length(${end})) = ${end}`,
  ordered: (text) => sql`(${text}) collate "C"`,
  ids: (list) => sql`(select jsonb_array_elements_text(cast(${list} as jsonb)))`,
  coalesceFalse: (condition) => sql`coalesce(${condition}, false)`,
  // The server's own limit ends the statement.
  inTime: () => sql`true`,
  pairs: (first, second) =>
    sql`coalesce(json_agg(json_build_array(${sql.ref(first)}, ${sql.ref(second)})), '[]')::text`,
};

function sqliteText(json: Sql, path: readonly string[]): Sql {
  const at = jsonPath(path);
  return sql`(case json_type(${json}, ${at}) when 'true' then 'true' when 'false' then 'false'
    when 'text' then ${json} ->> ${at} when 'integer' then cast(${json} ->> ${at} as text)
    when 'real' then cast(${json} ->> ${at} as text) end)`;
}

function postgresText(value: Sql): Sql {
  return sql`(case jsonb_typeof(${value}) when 'object' then null when 'array' then null when 'null' then null
    else ${value} #>> '{}' end)`;
}

function isValue(path: readonly string[]): boolean {
  return path.length === 1 && path[0] === 'value';
}

/** SQLite's way to write a path; a name with a quote in it is none that a document has. */
function jsonPath(path: readonly string[]): string {
  return path.reduce((all, name) => `${all}."${name.replaceAll('"', '')}"`, '$');
}
