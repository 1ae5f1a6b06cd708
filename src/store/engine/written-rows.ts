/** Runs one statement that changes rows and returns them. */
import type { CompiledQuery } from 'kysely';
import type { Engine } from './engine.ts';

/** @returns the rows; none when the write was not committed */
export async function writtenRows<Row>(
  { write }: Pick<Engine, 'write'>,
  query: CompiledQuery<Row>,
): Promise<readonly Row[]> {
  let rows: readonly Row[] = [];
  const returned = (found: readonly object[]) => {
    rows = found as readonly Row[];
  };
  return (await write([{ query, returned }])) === 'committed' ? rows : [];
}
