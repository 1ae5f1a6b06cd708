/**
 * Lists of users and groups: filter, order, page. A query of the same shape (the same filter with other values) is
 * built only once.
 */
import { sql, type CompiledQuery, type RawBuilder } from 'kysely';
import { isNumber, type Condition, type ListQuery, type Page, type Position } from '../../directory/query.ts';
import { boundValue, conditionSql, isIndexed, sortKey } from './condition-sql.ts';
import type { Engine } from '../engine/engine.ts';
import { jsonSql } from '../engine/json-sql.ts';
import { filled, rowCount, slot } from '../engine/prepared.ts';

type Sql = RawBuilder<unknown>;

const MAX_SHAPES = 500;

interface Shape {
  /** Whether it may read every row. */
  readonly scans: boolean;
  readonly page: CompiledQuery;
  readonly count: CompiledQuery;
}

interface Ordered {
  readonly id: string;
  readonly created_at: number;
  readonly sort_key: string | number | null;
}

/** @param columns of a row that `toItem` needs */
export function listQueries<Row, T>(
  engine: Engine,
  table: 'users' | 'groups',
  columns: readonly (keyof Row & string)[],
  toItem: (row: Row) => T,
): (workspace: string, query: ListQuery) => Promise<Page<T>> {
  const shapes = new Map<string, Shape>();

  function shapeOf(query: ListQuery, where: Condition | undefined): Shape {
    const { sort, offset = 0, after } = query;
    const key = JSON.stringify([where, sort, offset > 0, after !== undefined]);
    const known = shapes.get(key) ?? build(engine, table, columns, { ...query, where });
    shapes.delete(key);
    shapes.set(key, known);
    const oldest = shapes.size > MAX_SHAPES ? shapes.keys().next().value : undefined;
    if (oldest !== undefined) shapes.delete(oldest);
    return known;
  }

  return async (workspace, query) => {
    const { offset = 0, after, limit } = query;
    const given: Record<string, unknown> = { workspace, limit: limit + 1, offset };
    if (after !== undefined) {
      const { key, createdAt, id } = after;
      Object.assign(given, { missing: key === null ? 1 : 0, key: key ?? '', createdAt, id });
    }
    const shape = shapeOf(query, withSlots(query.where, given));
    const run = <Found>(statement: CompiledQuery) => {
      const asked = filled(statement, given) as CompiledQuery<Found>;
      return shape.scans ? engine.scan(asked) : engine.read(asked);
    };
    const count = async () => {
      const [row] = await run<{ total: number }>(shape.count);
      return row?.total ?? 0;
    };
    if (limit === 0) return { items: [], total: await count(), end: undefined };
    const rows = await run<Row & Ordered>(shape.page);
    const more = rows.length > limit;
    const shown = more ? rows.slice(0, limit) : rows;
    // A list that fits on the first page is already counted.
    const counted = offset === 0 && after === undefined && !more ? rows.length : await count();
    const last = more ? shown.at(-1) : undefined;
    return { items: shown.map(toItem), total: counted, end: last && positionOf(last) };
  };
}

function positionOf({ sort_key: key, created_at: createdAt, id }: Ordered): Position {
  return { key, createdAt, id };
}

/** The condition with a slot for each of its values, which go into `given`. */
function withSlots(condition: Condition | undefined, given: Record<string, unknown>): Condition | undefined {
  let count = 0;
  const map = (part: Condition): Condition => {
    switch (part.op) {
      case 'and':
      case 'or':
        return { op: part.op, conditions: part.conditions.map(map) };
      case 'not':
        return { op: 'not', condition: map(part.condition) };
      case 'some':
        return { op: 'some', list: part.list, condition: map(part.condition) };
      case 'always':
      case 'never':
      case 'present':
        return part;
      default: {
        const name = `value${count}`;
        count += 1;
        given[name] = boundValue(part);
        return { ...part, value: slot(name) };
      }
    }
  };
  return condition && map(condition);
}

function build(
  engine: Engine,
  table: 'users' | 'groups',
  columns: readonly string[],
  query: ListQuery,
): Shape {
  const { where, sort, offset = 0, after } = query;
  const of = (name: string) => sql`${sql.ref(`${table}.${name}`)}`;
  // In the order of creation, one index is used for the page and the count.
  const scans = where === undefined ? sort !== undefined : !isIndexed(table, where);
  const inTime = scans ? sql`${jsonSql(engine.name).inTime(of('id'))} and` : sql``;
  const matching = sql`${inTime} ${of('workspace')} = ${slot('workspace')} and ${of('deleted_at')} is null
    ${where === undefined ? sql`` : sql`and ${conditionSql(engine.name, table, where)}`}`;
  const key = sort === undefined ? undefined : sortKey(engine.name, table, sort);
  const descending = sort?.descending === true;
  const order = orderOf(of, key, sort?.field.kind === 'column' && isNumber(sort.field.name));
  const ordering = sql.join(order.map((part) => (descending ? sql`${part} desc` : part)));
  const page = sql`from ${sql.table(table)} where ${matching}
    ${after === undefined ? sql`` : sql`and (${sql.join(order)}) ${descending ? sql`<` : sql`>`} (${bounds(key !== undefined)})`}
    order by ${ordering} limit ${rowCount('limit')} ${offset > 0 ? sql`offset ${rowCount('offset')}` : sql``}`;
  const shown = sql`${sql.join(columns.map((name) => of(name)))}, ${key ?? sql`null`} as sort_key`;
  // Skipped rows are read only from the index.
  const rows =
    offset > 0
      ? sql`select ${shown} from ${sql.table(table)} where ${of('id')} in (select ${of('id')} ${page}) order by ${ordering}`
      : sql`select ${shown} ${page}`;
  return {
    scans,
    page: rows.compile(engine.db),
    count: sql`select count(*) as total from ${sql.table(table)} where ${matching}`.compile(engine.db),
  };
}

/** By the key, resources without it last; then by creation. All parts have the same direction. */
function orderOf(of: (name: string) => Sql, key: Sql | undefined, number: boolean): Sql[] {
  const creation = [of('created_at'), of('id')];
  if (key === undefined) return creation;
  const none = number ? sql`0` : sql`''`;
  return [sql`case when ${key} is null then 1 else 0 end`, sql`coalesce(${key}, ${none})`, ...creation];
}

function bounds(keyed: boolean): Sql {
  const creation = [sql`${slot('createdAt')}`, sql`${slot('id')}`];
  const parts = keyed ? [sql`${slot('missing')}`, sql`${slot('key')}`, ...creation] : creation;
  return sql.join(parts);
}
