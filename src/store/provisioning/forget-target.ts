/**
 * Deletes everything that was known about a target that is empty at every start, including links, tasks and holds. The
 * change log gets an entry.
 */
import type { Engine } from '../engine/engine.ts';
import { changeStatements } from '../log/change-statements.ts';
import { OF_THE_TARGET } from '../tables/of-the-target.ts';

/** @param at milliseconds since the epoch */
export async function forgetTarget(engine: Engine, workspace: string, at: number): Promise<void> {
  const { db, write } = engine;
  const times = db.selectFrom('read_times').select('list').where('workspace', '=', workspace);
  const wasRead = (await times.limit(1).executeTakeFirst()) !== undefined;
  const forgotten = { kind: 'mode.forgotten', subject: null, data: { by: null } } as const;
  await write([
    ...OF_THE_TARGET.map((table) => ({
      query: db.deleteFrom(table).where('workspace', '=', workspace).compile(),
    })),
    ...changeStatements(engine)(workspace, at, wasRead ? [forgotten] : []),
  ]);
}
