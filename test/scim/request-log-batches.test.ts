/** The request log writes in the background, keeps a bounded number of requests, and says how many it left out. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { LoggedRequest } from '../../src/directory/requests/logged-request.ts';
import { createRequestLog } from '../../src/scim/requests/request-log.ts';
import { createVirtualClock } from '../stories/virtual-clock.ts';

const rest = () => new Promise<void>((resolve) => setImmediate(resolve));
const request = (count: number) => ({ id: String(count) }) as LoggedRequest;

function open() {
  const clock = createVirtualClock(0);
  const written: string[] = [];
  const database = { fails: false };
  const store = {
    add: (requests: readonly LoggedRequest[]) => {
      if (database.fails) return Promise.reject(new Error('away'));
      written.push(...requests.map(({ id }) => id));
      return Promise.resolve();
    },
  };
  const errors: string[] = [];
  const log = pino(
    { level: 'error' },
    { write: (line) => errors.push((JSON.parse(line) as { msg: string }).msg) },
  );
  return { clock, written, database, errors, requests: createRequestLog(store, clock, log) };
}

it('a request is written within a second, in order, and none is written twice', async () => {
  const { clock, written, requests } = open();
  for (let count = 0; count < 3; count += 1) requests.add(request(count));
  expect(written).toEqual([]);
  await clock.pass(1_000, rest);
  expect(written).toEqual(['0', '1', '2']);
  requests.add(request(3));
  await requests.flush();
  expect(written).toEqual(['0', '1', '2', '3']);
});

it('while the database fails the latest are kept, and how many were left out is counted and logged once', async () => {
  const { clock, written, database, errors, requests } = open();
  database.fails = true;
  for (let count = 0; count < 50_000; count += 1) {
    requests.add(request(count));
    if (count % 10_000 === 0) await clock.pass(1_000, rest);
  }
  await clock.pass(5_000, rest);
  expect(written).toEqual([]);
  expect(requests.dropped()).toBeGreaterThanOrEqual(29_000);
  expect(errors.filter((message) => message.startsWith('too many'))).toHaveLength(1);
  database.fails = false;
  await clock.pass(2_000, rest);
  expect(written.length + requests.dropped()).toBe(50_000);
  expect(written.at(-1)).toBe('49999');
  expect(new Set(written).size).toBe(written.length);
});
