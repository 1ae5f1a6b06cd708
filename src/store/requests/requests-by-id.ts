/** Finds the requests of changes. Ids increase with time, so few batches can have one. */
import { setImmediate } from 'node:timers/promises';
import type { LoggedRequest } from '../../directory/requests/logged-request.ts';
import type { Engine } from '../engine/engine.ts';
import { toRequests } from './request-batch.ts';

/** @returns the known requests, by id */
export async function requestsById(
  { db }: Engine,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LoggedRequest>> {
  const found = new Map<string, LoggedRequest>();
  const wanted = new Set(ids);
  const sorted = [...wanted].sort();
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (lowest === undefined || highest === undefined) return found;
  const batches = await db
    .selectFrom('request_batches')
    .select(['id', 'first_id', 'last_id'])
    .where('first_id', '<=', highest)
    .where('last_id', '>=', lowest)
    .execute();
  const kinds = new Map((await db.selectFrom('request_kinds').selectAll().execute()).map((k) => [k.id, k]));
  for (const { id, first_id: first, last_id: last } of batches) {
    if (!sorted.some((wantedId) => wantedId >= first && wantedId <= last)) continue;
    const batch = await db
      .selectFrom('request_contents')
      .select('content')
      .where('batch_id', '=', id)
      .executeTakeFirst();
    for (const request of toRequests(batch?.content ?? '[]', kinds))
      if (wanted.has(request.id)) found.set(request.id, request);
    await setImmediate();
  }
  return found;
}
