/**
 * Forgets all that was known of the target, for one that begins empty with every start. The change log says so: what it had of
 * the target until then is not there any more, and links, tasks and holds are gone with it.
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
