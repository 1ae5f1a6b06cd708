/** The bridge's servers on loopback, with a database for the test and a clock that the test moves. */
import { onTestFinished } from 'vitest';
import { createServers } from '../../../src/app/create-servers.ts';
import type { Clock } from '../../../src/clock.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import type { TokenKind } from '../../../src/directory/access/token.ts';
import { createToken } from '../../../src/directory/access/tokens.ts';
import { defaultConnection, placeOf } from '../../access.ts';
import { createEventKeys, type EventKeys } from '../../../src/feed/events/event-keys.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';
import { client, type Call } from '../../acceptance/client.ts';
import { freshDatabase, type EngineName } from '../../databases.ts';
import { systemRandom } from '../../../src/random.ts';

export const PUBLIC_URL = 'https://scim.example.com';
const START = Date.parse('2026-11-01T00:00:00Z');

/** A sleep only moves the clock. `beforeWaking` runs during the sleep. */
export interface TestClock extends Clock {
  slept: number;
  advance(ms: number): void;
  beforeWaking: (() => Promise<unknown>) | undefined;
}

export function testClock(): TestClock {
  let now = START;
  const clock: TestClock = {
    slept: 0,
    beforeWaking: undefined,
    now: () => now,
    monotonic: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep: async (ms) => {
      clock.slept += ms;
      now += ms;
      await (clock.beforeWaking?.() ?? new Promise(setImmediate));
    },
  };
  return clock;
}

export interface Bridge {
  readonly store: Store;
  readonly clock: TestClock;
  readonly keys: EventKeys;
  readonly origin: string;
  readonly databaseUrl: string;
  readonly stopping: AbortController;
  readonly log: readonly string[];
  /** A client with a new token of this kind. */
  as(kind: TokenKind): Promise<{ call: Call; tokenId: string; token: string }>;
}

export async function startBridge(
  engine: EngineName,
  environment: Readonly<Record<string, string>> = {},
  databaseUrl?: string,
): Promise<Bridge> {
  const url = databaseUrl ?? (await freshDatabase(engine));
  const config = readConfig({
    BRIDGE_DATABASE_URL: url,
    BRIDGE_PUBLIC_URL: PUBLIC_URL,
    LOG_LEVEL: 'warn',
    ...environment,
  });
  const store = openStore(url);
  await store.migrate();
  const [clock, stopping, log] = [testClock(), new AbortController(), [] as string[]];
  await defaultConnection(store, 'acme');
  const keys = createEventKeys(store.eventKeys, clock, config.server.eventsKey);
  await keys.prepare();
  const logger = createLogger('silent');
  logger.level = 'warn';
  logger.warn = (...line: unknown[]) => {
    log.push(JSON.stringify(line));
  };
  const servers = createServers({
    random: systemRandom,
    config,
    clock,
    log: logger,
    store,
    stopping: stopping.signal,
  });
  const origin = await servers.public.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    stopping.abort();
    await Promise.all([servers.public.close(), servers.admin.close()]);
    await servers.flush();
    await store.close();
  });
  return {
    store,
    clock,
    keys,
    origin,
    databaseUrl: url,
    stopping,
    log,
    as: async (kind) => {
      const make = { ...placeOf(kind), label: `a token of ${kind}` };
      const { token, text } = await createToken(store.access, clock, make);
      return { call: client(origin, text), tokenId: token.id, token: text };
    },
  };
}
