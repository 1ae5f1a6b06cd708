/** The request log, as operators read it: pages of it, newest first, and what comes in from now on. */
import type { Clock } from '../clock.ts';
import { IDP_PROFILES } from '../directory/access/idp-profile.ts';
import { REQUEST_METHODS, resourceId, type LoggedRequest } from '../directory/requests/logged-request.ts';
import type { RequestQuery, RequestStore } from '../directory/requests/request-store.ts';
import { BridgeError } from '../errors.ts';
import type { LinkStore } from '../provisioning/ports/link-store.ts';
import type { Connections } from './connections.ts';
import { readTime } from './read-time.ts';
import { parseCursor, writeCursor } from './time-cursor.ts';

export const MAX_REQUESTS = 1_000;
/** The pause between two reads when the log is followed. */
const LOOK_MS = 1_000;
/** A bridge writes a request up to a second after the response, and later when it is busy. */
const LATE_MS = 15_000;

/** A filter as an operator writes it. */
export interface RequestFilter {
  /** The name or id of a connection. */
  readonly connection?: string | undefined;
  /** An id; for a user also the userName or e-mail, for a group its name. */
  readonly resource?: string | undefined;
  /** A status such as 404, a class such as 4xx, or `closed`. */
  readonly status?: string | undefined;
  readonly method?: string | undefined;
  /** The IdP that the connection belonged to. */
  readonly profile?: string | undefined;
  /** A time such as 2026-01-05T09:00:00Z, or how long ago, such as 15m. */
  readonly since?: string | undefined;
  /** The same. Not included. */
  readonly until?: string | undefined;
}

export interface RequestPage {
  readonly requests: readonly LoggedRequest[];
  /** null: there are no older ones. */
  readonly nextCursor: string | null;
}

export interface Requests {
  /** Newest first. @throws BridgeError invalid_value, invalid_cursor, not_found, conflict */
  list(
    workspace: string,
    filter: RequestFilter,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<RequestPage>;
  /**
   * The latest `limit` requests and then all that come in, oldest first, until the signal is aborted.
   * @throws BridgeError invalid_value, not_found, conflict
   */
  follow(
    workspace: string,
    filter: RequestFilter,
    options: { readonly limit: number; readonly signal: AbortSignal },
  ): AsyncGenerator<LoggedRequest, void>;
}

export function createRequests(
  store: RequestStore,
  subjects: Pick<LinkStore, 'findSubjects'>,
  connections: Pick<Connections, 'find'>,
  clock: Clock,
): Requests {
  async function queryOf(workspace: string, filter: RequestFilter): Promise<Omit<RequestQuery, 'limit'>> {
    const { connection, resource, status, method, profile, since, until } = filter;
    return {
      status: status === undefined ? undefined : readStatus(status),
      method:
        method === undefined ? undefined : oneOf('method', REQUEST_METHODS, method.toUpperCase(), method),
      profile: profile === undefined ? undefined : oneOf('client profile', IDP_PROFILES, profile),
      from: since === undefined ? undefined : readTime(since, clock.now()),
      to: until === undefined ? undefined : readTime(until, clock.now()),
      connectionId: connection === undefined ? undefined : (await connections.find(workspace, connection)).id,
      resourceId: resource === undefined ? undefined : await idOf(workspace, resource),
    };
  }

  /** A deleted user or group has requests, and is found only by its id. */
  async function idOf(workspace: string, resource: string): Promise<string> {
    const id = resourceId(resource.trim().toLowerCase());
    if (id !== undefined) return id;
    const found = [
      ...(await subjects.findSubjects(workspace, 'user', resource)),
      ...(await subjects.findSubjects(workspace, 'group', resource)),
    ];
    const [only] = found;
    if (only === undefined)
      throw new BridgeError(
        'not_found',
        `No user or group is "${resource}". One that was deleted is found by its id.`,
      );
    if (found.length === 1) return only.subject.id;
    const ids = found.map(({ subject }) => subject.id).join(', ');
    throw new BridgeError('conflict', `Several users or groups are "${resource}". Give the id: ${ids}.`);
  }

  /** All of them, newest first. */
  async function since(
    workspace: string,
    query: Omit<RequestQuery, 'limit'>,
    from: number,
  ): Promise<readonly LoggedRequest[]> {
    const found: LoggedRequest[] = [];
    for (let before = query.before; ;) {
      const page = await store.list(workspace, { ...query, from, before, limit: MAX_REQUESTS });
      found.push(...page);
      before = page.at(-1);
      if (page.length < MAX_REQUESTS) return found;
    }
  }

  return {
    list: async (workspace, filter, { limit, cursor }) => {
      const query = await queryOf(workspace, filter);
      const before = cursor === undefined ? undefined : parseCursor(cursor);
      const found = await store.list(workspace, { ...query, before, limit: limit + 1 });
      const requests = found.slice(0, limit);
      const last = found.length > limit ? requests.at(-1) : undefined;
      return { requests, nextCursor: last === undefined ? null : writeCursor(last) };
    },

    follow: async function* (workspace, filter, { limit, signal }) {
      const query = await queryOf(workspace, filter);
      /** The ids that were returned, with their times. */
      const known = new Map<string, number>();
      const first = await store.list(workspace, { ...query, limit: MAX_REQUESTS });
      for (const { id, at } of first) known.set(id, at);
      yield* first.slice(0, limit).toReversed();
      // Requests that are older than all of this read cannot be new later.
      const start = first.length < MAX_REQUESTS ? query.from : first.at(-1)?.at;
      let latest = first[0]?.at ?? query.from ?? clock.now();
      for (;;) {
        await clock.sleep(LOOK_MS, signal);
        if (signal.aborted) return;
        // Requests of several bridges, and long requests, arrive late. New requests are recognised by their ids.
        const from = Math.max(start ?? 0, latest - LATE_MS);
        for (const [id, at] of known) if (at < from) known.delete(id);
        const found = (await since(workspace, query, from)).filter(({ id }) => !known.has(id));
        for (const { id, at } of found) known.set(id, at);
        latest = Math.max(latest, ...found.map(({ at }) => at));
        yield* found.toReversed();
      }
    },
  };
}

function readStatus(text: string): RequestQuery['status'] {
  if (text === 'closed') return 'closed';
  if (/^[1-5]\d\d$/.test(text)) return [Number(text), Number(text)];
  const [, first] = /^([1-5])xx$/i.exec(text) ?? [];
  if (first !== undefined) return [Number(first) * 100, Number(first) * 100 + 99];
  throw new BridgeError(
    'invalid_value',
    `"${text}" is not a status. Use one such as 404 or 4xx, or "closed".`,
  );
}

function oneOf<T extends string>(what: string, known: readonly T[], text: string, shown = text): T {
  const found = known.find((candidate) => candidate === text);
  if (found !== undefined) return found;
  throw new BridgeError('invalid_value', `"${shown}" is not a ${what}. Use one of: ${known.join(', ')}.`);
}
