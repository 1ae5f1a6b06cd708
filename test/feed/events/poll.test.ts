/** A property of polling: each event is sent until it is acknowledged or rejected, oldest first, and never after that. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeDraft } from '../../../src/directory/change.ts';
import type { TokenHolder } from '../../../src/directory/access/token-holder.ts';
import { createToken } from '../../../src/directory/access/tokens.ts';
import { placeOf } from '../../access.ts';
import { jtiOf } from '../../../src/feed/events/event-claims.ts';
import { pollEvents, type PollRequest } from '../../../src/feed/events/poll.ts';
import type { Store } from '../../../src/store/open-store.ts';
import { engines } from '../../databases.ts';
import { freshStore } from '../../stores.ts';
import { testClock } from './bridge.ts';

const RUNS = { sqlite: 60, postgres: 15 };
const FOREVER = new AbortController().signal;

type Step =
  /** The numbers of changes in one write that are events, and that are not. */
  | { readonly type: 'write'; readonly events: readonly boolean[] }
  /** The indexes of the events to acknowledge, and to reject. */
  | {
      readonly type: 'poll';
      readonly max: number;
      readonly ack: readonly number[];
      readonly errors: readonly number[];
    };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('write' as const),
      events: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
    }),
    fc.record({
      type: fc.constant('poll' as const),
      max: fc.integer({ min: 0, max: 8 }),
      ack: fc.array(fc.nat(30), { maxLength: 8 }),
      errors: fc.array(fc.nat(30), { maxLength: 2 }),
    }),
  ),
  { maxLength: 20 },
);

let made = 0;

/** A reader with its own token and workspace. */
async function freshReader(store: Store): Promise<TokenHolder> {
  made += 1;
  const { token } = await createToken(store.access, testClock(), {
    ...placeOf('feed'),
    label: '',
  });
  return { workspace: `w${made}`, tokenId: token.id, kind: 'feed' };
}

const SUMMARY = {
  userName: 'jane',
  externalId: null,
  active: true,
  email: null,
  fullName: null,
  admin: null,
};

function draftOf(isEvent: boolean, index: number): ChangeDraft {
  const subject = { kind: 'user', id: `u${index}` } as const;
  if (isEvent) return { kind: 'user.updated', subject, data: { ...SUMMARY, changed: ['title'] } };
  return index % 2 === 0
    ? { kind: 'delivery.changed', subject, data: { state: 'verified', reasons: [] } }
    : { kind: 'mode.group_member_added', subject, data: { groupToken: 'g', memberToken: 'm' } };
}

describe.each(engines)('polling, on %s', (engine) => {
  it('every event is sent until it is acknowledged, and never after that, in whatever order events are acknowledged', async () => {
    const [store, clock] = [await freshStore(engine), testClock()];
    const context = { store: store.events, feed: store.feed, clock, refused: () => undefined };

    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const reader = await freshReader(store);
        const { workspace } = reader;
        /** All events of the change log, oldest first. */
        let events: string[] = [];
        const delivered = new Set<string>();
        const done = new Set<string>();

        async function poll(request: Partial<PollRequest>): Promise<readonly string[]> {
          const all = { maxEvents: 1_000, waitMs: 0, ack: [], errors: new Map<string, string>(), begin: 0 };
          const { events: got, more } = await pollEvents(context, reader, { ...all, ...request }, FOREVER);
          const [ids, max] = [got.map(jtiOf), request.maxEvents ?? 1_000];
          for (const jti of [...(request.ack ?? []), ...(request.errors?.keys() ?? [])]) {
            if (events.includes(jti)) done.add(jti);
          }
          const left = events.filter((jti) => !done.has(jti));
          expect(ids).toEqual(left.slice(0, max));
          expect(more).toBe(left.length > max);
          for (const jti of ids) delivered.add(jti);
          return ids;
        }

        for (const step of script) {
          if (step.type === 'write') {
            const changes = step.events.map(draftOf);
            clock.advance(1);
            await store.provisioning.record({ workspace, at: clock.now(), changes });
            const log = await store.feed.changesAfter(workspace, 0, 1_000);
            events = log.filter(({ kind }) => kind === 'user.updated').map(jtiOf);
          } else {
            // A receiver can name only delivered events, and sometimes ids that never existed.
            const known = [...delivered];
            const named = (indexes: readonly number[]) =>
              indexes.map((index) => known[index] ?? `0-${index}`);
            const errors = new Map(named(step.errors).map((jti) => [jti, 'invalid_request']));
            await poll({ maxEvents: step.max, ack: named(step.ack), errors });
          }
        }
        // In the end, all events are delivered, however few at once.
        for (let ack: readonly string[] = []; ;) {
          ack = await poll({ maxEvents: 3, ack });
          if (ack.length === 0) break;
        }
        expect(delivered.size).toBe(events.length);
        expect(done.size).toBe(events.length);
      }),
      { numRuns: RUNS[engine] },
    );
  }, 120_000);

  it('concurrent polls of one token are combined: events that either acknowledged are not sent again', async () => {
    const [store, clock] = [await freshStore(engine), testClock()];
    const context = { store: store.events, feed: store.feed, clock, refused: () => undefined };
    const reader = await freshReader(store);
    const changes = Array.from({ length: 60 }, (_, index) => draftOf(true, index));
    await store.provisioning.record({ workspace: reader.workspace, at: clock.now(), changes });
    const poll = (ack: readonly string[]) =>
      pollEvents(context, reader, { maxEvents: 100, waitMs: 0, ack, errors: new Map(), begin: 0 }, FOREVER);
    const ids = (await poll([])).events.map(jtiOf);
    const turns = Array.from({ length: 12 }, (_, turn) => ids.filter((_id, index) => index % 12 === turn));
    await Promise.all(turns.slice(0, 11).map(poll));
    expect((await poll([])).events.map(jtiOf)).toEqual(turns[11]);
    expect((await poll(turns[11] ?? [])).events).toEqual([]);
  });

  it('changes that are not events are skipped once, and not read by every poll', async () => {
    const [store, clock] = [await freshStore(engine), testClock()];
    const context = { store: store.events, feed: store.feed, clock, refused: () => undefined };
    const reader = await freshReader(store);
    const changes = Array.from({ length: 500 }, (_, index) => draftOf(false, index));
    await store.provisioning.record({ workspace: reader.workspace, at: clock.now(), changes });
    const request = { maxEvents: 10, waitMs: 0, ack: [], errors: new Map(), begin: 0 };
    await pollEvents(context, reader, request, FOREVER);
    const { tokenId, workspace } = reader;
    const stream = await store.events.stream({ tokenId, workspace, position: 0, polledAt: 0 });
    expect(stream.position).toBe(await store.feed.lastPosition(workspace));
  });
});
