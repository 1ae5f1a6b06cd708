/** One notice for each thing until it is over. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { conditionsOf, type NoticeFacts } from '../../src/notices/conditions.ts';
import type { Condition } from '../../src/notices/notice.ts';
import type { Topic } from '../../src/notices/notice-store.ts';
import { planNotices } from '../../src/notices/plan-notices.ts';
import type { Hold } from '../../src/provisioning/gate/hold.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';

const NOW = 10_000_000;
const WORKSPACE = { workspace: 'acme', target: 'Mode' };
const NOTHING: NoticeFacts = {
  now: NOW,
  target: 'Mode',
  holds: [],
  tasks: [],
  trouble: [],
  leavers: [],
  tokens: [],
  outage: null,
  outageMs: 900_000,
};
const hold = (id: string, since: number) => ({ id, since, connection: 'okta', name: `${id}@x.test` }) as Hold;

/** @returns the kinds of notices, and what is announced then */
function look(facts: Partial<NoticeFacts>, topics: readonly Topic[] = []) {
  const made = planNotices(WORKSPACE, topics, conditionsOf({ ...NOTHING, ...facts }));
  const after = new Map(topics.map((topic) => [topic.topic, topic]));
  for (const { topic } of made) {
    if (topic.items.length === 0) after.delete(topic.topic);
    else after.set(topic.topic, topic);
  }
  return { notices: made.flatMap(({ notice }) => notice ?? []), topics: [...after.values()] };
}

it('the holds of one burst are one notice, and there is one when all are decided', () => {
  const burst = [hold('a', NOW - 8_000), hold('b', NOW - 1_000)];
  expect(look({ holds: burst }).notices).toEqual([]);
  const opened = look({ holds: burst, now: NOW + 5_000 });
  expect(opened.notices).toMatchObject([{ kind: 'holds.opened', data: { connection: 'okta', held: 2 } }]);
  expect(opened.notices[0]?.text).toContain(
    '2 removals of the connection okta are held: a@x.test, b@x.test.',
  );
  expect(look({ holds: burst, now: NOW + 9_000 }, opened.topics).notices).toEqual([]);
  expect(look({ holds: burst.slice(1), now: NOW + 9_000 }, opened.topics).notices).toEqual([]);
  const over = look({}, opened.topics);
  expect(over.notices).toMatchObject([{ kind: 'holds.over' }]);
  expect(look({}, over.topics).notices).toEqual([]);
});

it('a burst that does not end is announced after a minute', () => {
  expect(look({ holds: [hold('a', NOW - 60_000), hold('b', NOW)] }).notices).toHaveLength(1);
});

it('an outage is announced after the time that is set, and refused credentials at once', () => {
  const outage = { since: NOW - 899_999, reason: reason('target_unavailable', { answer: 'No answer.' }) };
  expect(look({ outage }).notices).toEqual([]);
  const opened = look({ outage, now: NOW + 1 });
  expect(opened.notices).toMatchObject([{ kind: 'outage.opened' }]);
  expect(look({}, opened.topics).notices).toMatchObject([{ kind: 'outage.over' }]);
  const refused = { since: NOW, reason: reason('target_unauthorized', { answer: 'Mode refused the key.' }) };
  expect(look({ outage: refused }).notices).toMatchObject([
    { kind: 'credentials.opened', text: expect.stringContaining('Mode refused the key.') as string },
  ]);
});

it('each thing is announced once from when it is there until its topic is over', () => {
  const items = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
  fc.assert(
    fc.property(fc.array(items), (rounds) => {
      let topics: readonly Topic[] = [];
      let known = new Set<string>();
      for (const now of rounds) {
        const condition: Condition = {
          topic: 't',
          kind: 'tasks',
          items: now,
          isSettled: true,
          describe: (fresh) => ({ text: String(fresh), data: { fresh } }),
        };
        const made = planNotices(WORKSPACE, topics, [condition]);
        const fresh = now.filter((item) => !known.has(item)).length;
        const isOver = now.length === 0 && known.size > 0;
        expect(made.map(({ notice }) => notice?.data)).toEqual(
          fresh > 0 ? [{ fresh }] : isOver ? [{ topic: 't' }] : [],
        );
        if (fresh > 0 || isOver) known = new Set(now);
        for (const { topic } of made) topics = topic.items.length === 0 ? [] : [topic];
      }
    }),
  );
});

it('a token that expires is announced two weeks before, two days before, and when it has expired', () => {
  const day = 24 * 60 * 60_000;
  const expiresAt = NOW + 30 * day;
  const tokens = [{ id: 't1', name: 'scim token "okta"', expiresAt }];
  const kinds: string[] = [];
  let topics: readonly Topic[] = [];
  for (const left of [16, 15, 14, 13, 3, 2, 1, 0, -1, -2]) {
    const looked = look({ tokens, now: expiresAt - left * day }, topics);
    topics = looked.topics;
    for (const { kind, text } of looked.notices) {
      kinds.push(`${kind} ${left}`);
      expect(text).toContain('scim token "okta", 1970-01-31');
    }
  }
  expect(kinds).toEqual(['tokens.opened 14', 'tokens.opened 2', 'tokens.opened 0']);
  // Somebody has revoked it.
  expect(look({}, topics).notices).toMatchObject([{ kind: 'tokens.over' }]);
});
