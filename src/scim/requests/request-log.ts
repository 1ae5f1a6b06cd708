/**
 * Collects requests for the log, and writes them in batches after the answers. If the database does not accept them,
 * the oldest are lost, and answers are not delayed. A crash loses at most the last second.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../../clock.ts';
import type { LoggedRequest } from '../../directory/requests/logged-request.ts';
import type { RequestStore } from '../../directory/requests/request-store.ts';

/** How long a request waits to be written. */
const WRITE_MS = 1_000;
/** Written at once when this many wait. One statement blocks SQLite for a few milliseconds. */
const BATCH = 1_000;
/** At most this many wait, and one batch more. */
const MAX_WAITING = 20_000;

export interface RequestLog {
  add(request: LoggedRequest): void;
  /** Writes all waiting requests when the bridge stops. Never rejects. */
  flush(): Promise<void>;
  /** How many requests were left out of the log since the start, because the database did not take them. */
  dropped(): number;
}

export function createRequestLog(
  store: Pick<RequestStore, 'add'>,
  clock: Clock,
  log: FastifyBaseLogger,
): RequestLog {
  let waiting: LoggedRequest[] = [];
  let dropped = 0;
  let isFailing = false;
  let isDropping = false;
  let isEnding = false;
  /** Ends the wait for the next write; undefined: none is planned. */
  let planned: AbortController | undefined;
  let writing: Promise<void> | undefined;

  function keepNewest(): void {
    const excess = waiting.length - MAX_WAITING;
    if (excess <= 0) return;
    waiting = waiting.slice(excess);
    dropped += excess;
    if (isDropping) return;
    isDropping = true;
    log.error(
      { waiting: MAX_WAITING },
      'too many requests wait to be written: the request log lacks the oldest of them',
    );
  }

  /**
   * Writes batches until no full one waits, or the database fails. Requests that arrived in the meantime wait for their
   * own second, unless the bridge stops, because a commit for a few requests costs as much as one for many. Never
   * rejects.
   */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      try {
        await store.add(batch);
        if (isFailing) log.info({ dropped }, 'requests are written to the request log again');
        isFailing = false;
        isDropping = false;
      } catch (error) {
        waiting = [...batch, ...waiting];
        keepNewest();
        if (!isFailing) log.error({ err: error }, 'could not write the request log');
        isFailing = true;
        return;
      }
      if (waiting.length < BATCH && !isEnding) return;
    }
  }

  function write(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (waiting.length > 0 && !isEnding) plan();
    });
    return writing;
  }

  function plan(): void {
    if (planned !== undefined) return;
    const wait = new AbortController();
    planned = wait;
    void clock.sleep(WRITE_MS, wait.signal).then(() => {
      if (planned === wait) planned = undefined;
      if (!wait.signal.aborted) void write();
    });
  }

  return {
    add: (request) => {
      waiting.push(request);
      // A failing database is tried again once a second only.
      if (waiting.length >= BATCH && !isFailing) void write();
      else plan();
      if (waiting.length >= MAX_WAITING + BATCH) keepNewest();
    },
    flush: async () => {
      isEnding = true;
      planned?.abort();
      planned = undefined;
      // A write in progress has only the requests that waited when it began.
      await writing;
      await write();
    },
    dropped: () => dropped,
  };
}
