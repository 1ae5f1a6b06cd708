import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { OWN_CODES } from '../../src/operators/explain/explanation.ts';
import { NEXT_STEPS } from '../../src/operators/explain/next-steps.ts';
import { whyNot, type Obstacles } from '../../src/operators/explain/why.ts';
import { REASONS, type ReasonCode } from '../../src/provisioning/reason/reasons.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';

const CLEAR: Obstacles = {
  progress: { state: 'verified', reasons: [], since: 1, job: null },
  holds: [],
  tasks: [],
  connection: { id: 'okta', workspace: 'acme', name: 'okta', state: 'live' },
  outage: null,
  onlyReported: false,
};
const AT = Date.UTC(2026, 0, 5);

function params(code: ReasonCode): Record<string, string> {
  const names = [...REASONS[code].matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  return Object.fromEntries(names.filter((name) => name !== 'target').map((name) => [name, `the ${name}`]));
}

describe('why something is not as the IdP wants it', () => {
  it.each(Object.keys(REASONS) as ReasonCode[])('is explained for the reason %s', (code) => {
    const values = params(code);
    const reasons = [{ code, params: values }];
    const [why, ...others] = whyNot({
      ...CLEAR,
      progress: { state: 'blocked', reasons, since: AT, job: null },
    });
    expect(others).toEqual([]);
    expect(why?.code).toBe(code);
    for (const value of Object.values(values)) expect(why?.text).toContain(value);
    expect(why?.text.replaceAll('{target}', '')).not.toMatch(/[{}]/);
    expect(why?.next).toMatch(/^[A-Z].{10,}\.$/);
  });

  it('has a next step for every reason, and for nothing else', () => {
    expect(Object.keys(NEXT_STEPS).toSorted()).toEqual(Object.keys(REASONS).toSorted());
  });

  it.each([
    [
      'held',
      {
        holds: [
          {
            id: 'h1',
            subjectId: 'u',
            operation: 'remove_member',
            key: 'remove_member a',
            reason: reason('last_admin'),
            since: AT,
            decision: null,
          },
        ],
      },
      'hold h1',
    ],
    [
      'task',
      {
        tasks: [
          {
            ...{
              id: 't1',
              subjectId: 'u',
              action: 'make_admin',
              since: AT,
              link: 'https://x.test/members/1',
            },
            ...{ what: [reason('task_make_admin', { account: 'ana@x.test' })], why: 'No API sets it.' },
          },
        ],
        progress: {
          ...CLEAR.progress,
          reasons: [
            reason('task_make_admin', { account: 'ana@x.test' }),
            reason('step_refused', { answer: 'No API sets it.' }),
            reason('task_open', { task: 't1' }),
          ],
        },
      },
      'ana@x.test',
    ],
    ['connection_not_live', { connection: { ...CLEAR.connection, state: 'paused' } }, '"okta" is paused'],
    ['connection_not_live', { connection: { ...CLEAR.connection, state: 'shadow' } }, 'in shadow'],
    ['mode_fails', { outage: { since: AT, reason: reason('target_unavailable', { answer: '503' }) } }, '503'],
    [
      'in_progress',
      { progress: { ...CLEAR.progress, job: { parked: false, dueAt: AT, attempts: 2 } } },
      'after 2 tries',
    ],
    ['not_looked_at', { progress: undefined }, 'not worked on it'],
    ['drift_reported', { onlyReported: true }, 'only reported'],
    ['changed_in_mode', {}, 'changed in {target}'],
  ])('is %s', (code, more, text) => {
    const whys = whyNot({ ...CLEAR, ...more } as Obstacles);
    expect(whys.map((why) => why.code)).toEqual([code]);
    expect(whys[0]?.text).toContain(text);
    expect(whys[0]?.next).toMatch(/^[A-Z].{10,}\.$/);
  });

  it('names a paused connection once', () => {
    const reasons = [reason('connection_paused')];
    const progress = { state: 'held', reasons, since: AT, job: null } as const;
    const connection = { id: 'okta', workspace: 'acme', name: 'okta', state: 'paused' } as const;
    expect(whyNot({ ...CLEAR, progress, connection }).map(({ code }) => code)).toEqual(['connection_paused']);
  });
});

it('docs/explain.md has every code that is not a reason', async () => {
  const page = await readFile(new URL('../../docs/explain.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, code]) => code);
  expect(listed).toEqual([...OWN_CODES]);
});
