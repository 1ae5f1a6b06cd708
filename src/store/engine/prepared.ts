/**
 * Statements that are built once and run often: building SQL costs more than running it. Where a value comes in
 * later, a slot stands for it.
 */
import { sql, type CompiledQuery, type RawBuilder } from 'kysely';

class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

type Values = Readonly<Record<string, unknown>>;

/** Stands for the value of that name; to the query builder it is the value. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it takes the type that is wanted there
export function slot<T = string>(name: string): T {
  return new Slot(name) as T;
}

/** Slots for these columns, each named as its column. */
export function slotsOf<Row extends object>(columns: readonly (keyof Row & string)[]): Row {
  return Object.fromEntries(columns.map((name) => [name, slot(name)])) as Row;
}

/**
 * A number of rows to take or to skip. SQLite plans a statement again whenever a bare parameter there has another value;
 * behind a cast it does not look.
 */
export function rowCount(name: string): RawBuilder<number> {
  return sql<number>`cast(${slot(name)} as integer)`;
}

/** @returns the query with its slots filled from values of these names */
export function prepared<Row>(query: {
  compile(): CompiledQuery<Row>;
}): (values: Values) => CompiledQuery<Row> {
  let compiled: CompiledQuery<Row> | undefined;
  return (values) => {
    compiled ??= query.compile();
    return filled(compiled, values);
  };
}

export function filled<Row>(query: CompiledQuery<Row>, values: Values): CompiledQuery<Row> {
  const parameters = query.parameters.map((value) => (value instanceof Slot ? values[value.name] : value));
  return { ...query, parameters };
}
