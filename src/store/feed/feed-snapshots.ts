/**
 * Snapshots of the feed: copies of the state that are created on request when something has changed, shared by all
 * readers, and kept while they are read.
 */
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import { batches, type FeedPage, type FeedSnapshot } from '../../feed/feed-snapshot.ts';
import type { FeedStore } from '../../feed/feed-store.ts';
import { ADMIN_ROLE, type FeedKind, type FeedKinds } from '../../feed/model.ts';
import type { Engine } from '../engine/engine.ts';
import { pageQuery, toItems } from './feed-pages.ts';
import type { CopyHeader } from './feed-copy-sql.ts';
import { postgresSpool } from './feed-copy-postgres.ts';
import { sqliteSpool } from './feed-copy-sqlite.ts';

const MAX_SNAPSHOTS = 8;
/** How long a snapshot is kept after the first page, and after each later page. */
const KEEP_BEGUN_MS = 60_000;
const KEEP_READ_MS = 10 * 60_000;
/** Items in one batch. */
const ITEMS_AT_ONCE = 500;
/** On PostgreSQL each batch is a query. On SQLite, small batches need less memory. */
const GRANTS_AT_ONCE = { sqlite: 500, postgres: 2_000 };
/** The time of a read is stored at most this often. */
const KEEP_EVERY_MS = 60_000;

export type Snapshots = Pick<FeedStore, 'takeSnapshot' | 'snapshot'> & { close(): void };

export function feedSnapshots(engine: Engine): Snapshots {
  const place = engine.file === null ? postgresSpool(engine) : sqliteSpool(engine, engine.file);
  /** For each workspace, the newest copy, and the version of the feed's state before the copy. */
  const newest = new Map<string, { readonly version: string; readonly header: CopyHeader }>();
  const keptAt = new Map<string, number>();

  async function take(workspace: string, clock: Clock): Promise<CopyHeader> {
    const version = await place.version();
    const copies = [...(await place.list(workspace))].sort((a, b) => a.takenAt - b.takenAt);
    const known = newest.get(workspace);
    const kept = copies.some(({ id }) => id === known?.header.id);
    if (known !== undefined && kept && known.version === version) return known.header;
    const now = clock.now();
    const last = copies.at(-1);
    const id = engine.random.id().replaceAll('-', '');
    const request = { id, workspace, takenAt: now, keepUntil: now + KEEP_BEGUN_MS, previous: last?.id };
    const header = (await place.copy(request)) ?? last;
    if (header === undefined) throw new BridgeError('internal', 'A copy was like another that is not there.');
    newest.set(workspace, { version, header });
    const spare = [...copies.filter((copy) => copy.id !== header.id)].sort(
      (a, b) => b.keepUntil - a.keepUntil,
    );
    const dropped = spare.slice(MAX_SNAPSHOTS - 1).map((copy) => copy.id);
    await place.drop(dropped, now);
    for (const gone of dropped) keptAt.delete(gone);
    return header;
  }

  /** A read extends its life. */
  async function keep(id: string, clock: Clock): Promise<void> {
    const at = clock.monotonic();
    if (at - (keptAt.get(id) ?? -Infinity) < KEEP_EVERY_MS) return;
    keptAt.set(id, at);
    await place.keep(id, clock.now() + KEEP_READ_MS);
  }

  function open(header: CopyHeader, clock: Clock): FeedSnapshot {
    const { id, workspace, position, takenAt } = header;
    const page = async <K extends FeedKind>(kind: K, after: number, limit: number) => {
      if (kind === 'roles') return roles(after) as FeedPage<FeedKinds[K]>;
      // One more row than requested shows whether there are more.
      const rows = await place.read(id, (copy) => pageQuery(engine, copy, kind, after, limit + 1));
      if (rows === undefined) throw expired();
      if (after > 0) await keep(id, clock);
      const next = rows.length > limit ? Number(rows[limit - 1]?.[0]) : null;
      return { items: toItems(kind, rows.length > limit ? rows.slice(0, limit) : rows), next };
    };
    const counts = { ...header.counts, roles: 1 };
    const all: FeedSnapshot['all'] = (kind) =>
      batches({ page }, kind, kind === 'grants' ? GRANTS_AT_ONCE[engine.name] : ITEMS_AT_ONCE);
    return { id, workspace, position, takenAt, counts, page, all };
  }

  const takeOnce = oneAtATime(take);
  return {
    takeSnapshot: async (workspace, clock) => open(await takeOnce(workspace, clock), clock),
    snapshot: async (workspace, id, clock) => {
      const header = (await place.list(workspace)).find((copy) => copy.id === id);
      if (header === undefined) throw expired();
      await keep(id, clock);
      return open(header, clock);
    },
    close: () => {
      place.close();
    },
  };
}

function roles(after: number): FeedPage<FeedKinds['roles']> {
  return { items: after === 0 ? [ADMIN_ROLE] : [], next: null };
}

function expired(): BridgeError {
  return new BridgeError(
    'snapshot_expired',
    'This snapshot is no longer kept: take a new one, by reading without a cursor and without "snapshot".',
  );
}

/** One call for each workspace at a time. Callers during a call share the next one. */
function oneAtATime<T>(
  work: (workspace: string, clock: Clock) => Promise<T>,
): (workspace: string, clock: Clock) => Promise<T> {
  const running = new Map<string, Promise<unknown>>();
  const waiting = new Map<string, Promise<T>>();
  return (workspace, clock) => {
    const shared = waiting.get(workspace);
    if (shared !== undefined) return shared;
    const before = running.get(workspace) ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() => {
        waiting.delete(workspace);
        running.set(workspace, mine);
        return work(workspace, clock);
      })
      .finally(() => {
        if (running.get(workspace) === mine) running.delete(workspace);
      });
    waiting.set(workspace, mine);
    return mine;
  };
}
