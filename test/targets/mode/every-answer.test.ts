/**
 * Every response of Mode to every kind of call ends in one of four ways: done, a later retry, parked with a reason, or a
 * manual task.
 */
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/provisioning/job/classify.ts';
import type { Operation } from '../../../src/provisioning/model/operation.ts';
import { TargetError } from '../../../src/provisioning/ports/target.ts';
import { createRefusals } from '../../../src/worker/running/refusals.ts';
import {
  answer,
  fakeMode,
  lite,
  member,
  members,
  standingClock,
  WRONG_KEY,
  type Handler,
} from './fake-mode.ts';

/** `parked 3`: retried twice, then parked; `task 3`: retried twice, then a manual task. */
type End = 'done' | 'retry' | 'parked' | 'parked 3' | 'task' | 'task 3';

const html = { 'content-type': 'text/html' };
const slow: Handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{');
};
const reset: Handler = (request) => request.socket.destroy();
const midway: Handler = (request, response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"a":', () => request.socket.destroy());
};

/** Responses, and how a write for one person or group ends with each, unless `KINDS` has an exception. */
const ANSWERS: readonly (readonly [string, Handler, End])[] = [
  ['200', answer(200, {}), 'done'],
  ['201', answer(201, {}), 'done'],
  ['202 empty', answer(202), 'done'],
  ['204', answer(204), 'done'],
  ['200 with wrong types', answer(200, { token: 7, state: ['x'], _links: 'none', _embedded: 5 }), 'done'],
  ['200 with null', answer(200, 'null'), 'done'],
  ['400', answer(400, { id: 'bad_request', message: 'no' }), 'task 3'],
  ['400 param_missing', answer(400, { id: 'param_missing', message: 'param is missing' }), 'task 3'],
  ['400 for the wrong kind of key', answer(400, WRONG_KEY), 'task'],
  ['401', answer(401, { id: 'unauthorized', message: 'no' }), 'task'],
  ['401 empty', answer(401), 'task'],
  ['403', answer(403, { id: 'forbidden', message: 'no' }), 'task'],
  ['403 with another id', answer(403, { id: 'not_found', message: 'no' }), 'task'],
  ['404', answer(404, { id: 'not_found', message: 'no' }), 'task 3'],
  ['404 empty', answer(404), 'task 3'],
  ['405', answer(405), 'task'],
  ['406', answer(406), 'task 3'],
  ['408', answer(408), 'retry'],
  ['409', answer(409, {}), 'task 3'],
  ['410', answer(410), 'task 3'],
  ['418', answer(418), 'task 3'],
  ['422 with fields', answer(422, { message: { name: ['is taken'] } }), 'task 3'],
  ['422 in HTML', answer(422, '<html>no</html>', html), 'task 3'],
  ['429', answer(429, {}), 'retry'],
  ['429 with seconds', answer(429, {}, { 'retry-after': '7' }), 'retry'],
  ['429 with a date', answer(429, {}, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }), 'retry'],
  ['429 with ages', answer(429, {}, { 'retry-after': '999999' }), 'retry'],
  ['500', answer(500, { id: 'internal', message: 'x' }), 'retry'],
  ['501', answer(501), 'task'],
  ['502 in HTML', answer(502, '<html>bad gateway</html>', html), 'retry'],
  ['503 empty', answer(503), 'retry'],
  ['503 with seconds', answer(503, '', { 'retry-after': '30' }), 'retry'],
  ['504', answer(504), 'retry'],
  ['599', answer(599), 'retry'],
  ['a login page with 200', answer(200, '<html><form>log in</form></html>', html), 'retry'],
  ['truncated JSON', answer(200, '{"token":"a1b2'), 'retry'],
  ['a redirect to another origin', answer(302, '', { location: 'https://login.test/' }), 'retry'],
  ['a redirect to nowhere', answer(302), 'retry'],
  ['slow bytes', slow, 'retry'],
  ['no answer', () => undefined, 'retry'],
  ['a closed connection', reset, 'retry'],
  ['a connection that closes midway', midway, 'retry'],
];

interface Kind {
  readonly operation: Operation;
  readonly call: string;
  /** Exceptions for this operation. */
  readonly but: Readonly<Record<string, End>>;
}

const targetGroupId = 'g1';
const KINDS: Readonly<Record<string, Kind>> = {
  invite: {
    operation: { type: 'invite', email: 'new@x.test', name: null, former: null },
    call: 'POST /api/acme/invites',
    // Each of these may mean that the key cannot invite at all (13.1).
    but: { '400': 'task', '400 param_missing': 'task', '404': 'task', '404 empty': 'task', '410': 'task' },
  },
  remove_member: {
    operation: { type: 'remove_member', member: member() },
    call: 'DELETE /api/acme/memberships/m1',
    // The member is still listed, so the key lacks the privilege (13.5).
    but: { '404': 'task', '404 empty': 'task', '410': 'task' },
  },
  set_admin: {
    operation: { type: 'set_admin', member: member(), admin: true },
    call: 'PATCH /api/acme/memberships/m1',
    // Undocumented: any error except a failed validation means that the call does not exist (13.9).
    but: { '400': 'task', '400 param_missing': 'task', '404': 'task', '404 empty': 'task', '410': 'task' },
  },
  create_group: {
    operation: { type: 'create_group', name: 'Data' },
    call: 'POST /api/acme/groups',
    // The response does not identify the group, and the list has no group with that name.
    but: Object.fromEntries(
      ['200', '201', '202 empty', '204', '200 with null'].map((name) => [name, 'retry'] as const),
    ),
  },
  rename_group: {
    operation: { type: 'rename_group', targetGroupId, name: 'Data', from: 'Old' },
    call: `PATCH /api/acme/groups/${targetGroupId}`,
    but: {},
  },
  delete_group: {
    operation: { type: 'delete_group', targetGroupId, name: 'Data' },
    call: `DELETE /api/acme/groups/${targetGroupId}`,
    but: { '404': 'done', '404 empty': 'done', '410': 'done' },
  },
  add_group_member: {
    operation: { type: 'add_group_member', targetGroupId, accountId: 'a1' },
    call: `POST /api/acme/groups/${targetGroupId}/memberships`,
    // When one person cannot be added, the whole group does not become a task.
    but: members3([
      '400',
      '400 param_missing',
      '404',
      '404 empty',
      '406',
      '409',
      '410',
      '418',
      '422 with fields',
      '422 in HTML',
    ]),
  },
  remove_group_member: {
    operation: { type: 'remove_group_member', targetGroupId, accountId: 'a1', groupMembershipId: 'gm1' },
    call: `DELETE /api/acme/groups/${targetGroupId}/memberships/gm1`,
    but: {
      ...members3(['400', '400 param_missing', '406', '409', '418', '422 with fields', '422 in HTML']),
      '404': 'done',
      '404 empty': 'done',
      '410': 'done',
    },
  },
};

function members3(names: readonly string[]): Record<string, End> {
  return Object.fromEntries(names.map((name) => [name, 'parked 3' as const]));
}

/** How an attempt with this error ends. */
function endOf(operation: Operation, error: unknown, attempt: number): End {
  if (!(error instanceof TargetError)) throw error;
  expect(error.message.length).toBeGreaterThan(10);
  const clock = { now: () => 1_000, monotonic: () => 1_000, sleep: () => Promise.resolve() };
  const refusals = createRefusals(attempt, clock);
  const what = refusals.take(operation, error);
  if (what === 'plan' || refusals.endRound()) return 'task';
  const { verdict, delivery } = classify(error, { attempt, outageMs: 0, now: 1_000, random: 1 });
  expect(delivery.reasons).toEqual([{ code: `target_${error.kind}`, params: { answer: error.message } }]);
  if (verdict.kind === 'park') return 'parked';
  expect(verdict.kind).toBe('retry');
  if (verdict.kind === 'retry') expect(verdict.at).toBeLessThanOrEqual(1_000 + 60 * 60_000);
  return 'retry';
}

/** Reads succeed; only the write gets the response. A deleted group is gone on the next read. */
async function modeAround(call: string, handle: Handler, carriesOut: boolean) {
  let asked = 0;
  const stillThere: Handler = (request, response) => {
    const body = {
      token: targetGroupId,
      name: 'Data',
      state: asked > 0 && carriesOut ? 'soft_deleted' : 'active',
    };
    answer(200, body)(request, response);
  };
  const routes: Record<string, Handler> = {
    'GET /api/acme/memberships/lite': answer(200, members(lite())),
    'GET /api/acme/memberships/m1': answer(200, { admin: true }),
    [`GET /api/acme/groups/${targetGroupId}`]: stillThere,
    [`PATCH /api/acme/groups/${targetGroupId}`]: answer(200, {}),
    [`GET /api/acme/groups/${targetGroupId}/memberships`]: answer(200, {
      _embedded: { group_memberships: [] },
    }),
    [call]: (request, response) => {
      asked += 1;
      handle(request, response);
    },
  };
  return fakeMode(routes, { clock: standingClock() });
}

describe.each(Object.entries(KINDS))('%s', (_name, { operation, call, but }) => {
  it.each(ANSWERS)('response: %s', async (name, handle, usual) => {
    const expected = but[name] ?? usual;
    const { target, calls } = await modeAround(call, handle, expected === 'done');
    const [method = '', path = ''] = call.split(' ');
    const ends: End[] = [];
    for (const attempt of [1, 2, 3]) {
      const end = await target.apply(operation).then(
        () => 'done' as const,
        (error: unknown) => endOf(operation, error, attempt),
      );
      ends.push(end);
      if (end !== 'retry') break;
    }
    expect(calls(method, path).length).toBeGreaterThan(0);
    const [state, thrice] = expected.split(' ');
    if (expected === 'retry') expect(ends).toEqual(['retry', 'retry', 'retry']);
    else if (thrice === '3') expect(ends).toEqual(['retry', 'retry', state]);
    else expect(ends).toEqual([expected]);
  });
});

/** A read that fails changes nothing and is retried. A refused read fails with `forbidden`. */
const READS: readonly (readonly [string, string])[] = [
  ['readMembers', 'GET /api/acme/memberships/lite'],
  ['readGroups', 'GET /api/acme/groups'],
  ['readGroupMembers', `GET /api/acme/groups/${targetGroupId}/memberships`],
];

describe.each(READS)('%s', (read, call) => {
  it.each(ANSWERS)('response %s gives a list or an error, never an empty list', async (_name, handle) => {
    const { target } = await fakeMode({ [call]: handle });
    const work = {
      readMembers: () => target.readMembers(),
      readGroups: () => target.readGroups(),
      readGroupMembers: () => target.readGroupMembers(targetGroupId),
    }[read];
    const error: unknown = await work?.().catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(TargetError);
  });
});
