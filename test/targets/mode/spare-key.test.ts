/** Keys of two accounts have two rate limits in Mode. */
import { describe, expect, it, vi } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { TargetError } from '../../../src/provisioning/ports/target.ts';
import { answer, fakeMode, type Handler } from './fake-mode.ts';

const inviter = { token: 'inviter', secret: 's' };
const list = { _embedded: { group_memberships: [{ token: 'gm1', member_token: 'a1' }] } };
const admin = { membership_type: 'admin', _links: {} };
/** Sleeping takes no time. Which key is used depends on the estimated waits. */
const clock: Clock = {
  now: () => 1_700_000_000_000,
  monotonic: () => 0,
  // A sleep with a signal is the timeout of a real call.
  sleep: (ms, signal) => (signal === undefined ? systemClock.sleep(0) : systemClock.sleep(ms, signal)),
};
const groups = Array.from({ length: 20 }, (_none, at) => `g${at}`);
const routes = (handler: Handler): Record<string, Handler> =>
  Object.fromEntries(groups.map((group) => [`GET /api/acme/groups/${group}/memberships`, handler]));

const byKey =
  (main: Handler, other: Handler): Handler =>
  (request, response) => {
    const key = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64').toString();
    (key.startsWith('main') ? main : other)(request, response);
  };

/** The first calls that would have to wait make the bridge check the other key. */
async function warm({ target, asked }: Awaited<ReturnType<typeof fakeMode>>): Promise<void> {
  await Promise.allSettled(groups.slice(0, 3).map((group) => target.readGroupMembers(group)));
  await vi.waitFor(() => {
    if (asked.some((call) => call.key === 'inviter')) return;
    if (target.capabilities.routes().some((row) => row.route === 'inviter key')) throw new Error('not yet');
  });
  // After one more call to the same Mode, the response to the check has arrived.
  await target.readGroups().catch(() => undefined);
}

async function readAll(more: Record<string, Handler>, keys: object = { inviter }) {
  const mode = await fakeMode(
    { 'GET /api/acme': answer(200, admin), ...more },
    { clock, timeoutMs: 5_000, requestsPerSecond: 4, ...keys },
  );
  await warm(mode);
  const from = mode.asked.length;
  const read = await Promise.all(groups.map((group) => mode.target.readGroupMembers(group)));
  const calls = mode.asked.slice(from).filter((call) => call.path.endsWith('/memberships'));
  const keysOf = calls.map((call) => call.key);
  return { ...mode, read, keysOf };
}

describe('calls that would wait for the main key', () => {
  it('are spread across both keys', async () => {
    const { keysOf, target } = await readAll(routes(answer(200, list)));
    expect(keysOf).toHaveLength(groups.length);
    expect(keysOf.filter((key) => key === 'inviter').length).toBeGreaterThan(5);
    expect(keysOf.filter((key) => key === 'main').length).toBeGreaterThan(5);
    expect(target.callsPerSecond).toBe(8);
  });

  it('use the main key when there is no other, or when the other is not an admin key', async () => {
    const alone = await readAll(routes(answer(200, list)), {});
    expect(new Set(alone.keysOf)).toEqual(new Set(['main']));
    const member = await readAll({
      'GET /api/acme': answer(200, { membership_type: 'full' }),
      ...routes(answer(200, list)),
    });
    expect(new Set(member.keysOf)).toEqual(new Set(['main']));
    expect(member.target.callsPerSecond).toBe(4);
  });

  it.each([401, 403, 404, 429])(
    'are repeated with the main key after a %s for the other key',
    async (status) => {
      const { read, keysOf } = await readAll(routes(byKey(answer(200, list), answer(status, {}))));
      expect(read.map((rows) => rows.length)).toEqual(groups.map(() => 1));
      expect(keysOf.filter((key) => key === 'main')).toHaveLength(groups.length);
    },
  );

  it('fail as with one key when both keys are refused', async () => {
    await expect(readAll(routes(answer(404, {})))).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('never include lists, whose rows may depend on the key', async () => {
    const mode = await fakeMode(
      { 'GET /api/acme': answer(200, admin), ...routes(answer(200, list)) },
      { clock, timeoutMs: 5_000, requestsPerSecond: 4, inviter },
    );
    await Promise.all([
      ...groups.map((group) => mode.target.readGroupMembers(group)),
      mode.target.readMembers(),
    ]);
    const lists = [
      ...mode.calls('GET', '/api/acme/groups'),
      ...mode.calls('GET', '/api/acme/memberships/lite'),
    ];
    expect(new Set(lists.map((call) => call.key))).toEqual(new Set(['main']));
  });

  it('include writes of group members', async () => {
    const mode = await fakeMode(
      {
        'GET /api/acme': answer(200, admin),
        'POST /api/acme/groups/g1/memberships': answer(200, { token: 'gm1' }),
      },
      { clock, timeoutMs: 5_000, requestsPerSecond: 4, inviter },
    );
    const add = (accountId: string) =>
      mode.target.apply({ type: 'add_group_member', targetGroupId: 'g1', accountId });
    await Promise.all(['b1', 'b2', 'b3'].map(add));
    await vi.waitFor(() => {
      expect(mode.target.callsPerSecond).toBe(8);
    });
    await Promise.all(Array.from({ length: 20 }, (_none, at) => add(`a${at}`)));
    const keys = mode.calls('POST', '/api/acme/groups/g1/memberships').map((call) => call.key);
    expect(keys).toHaveLength(23);
    expect(new Set(keys)).toEqual(new Set(['main', 'inviter']));
  });
});

it('a deeply nested response is rejected before it takes memory', async () => {
  const { target } = await fakeMode(
    { 'GET /api/acme/groups': answer(200, '['.repeat(5_000_000)) },
    { timeoutMs: 5_000 },
  );
  const error: unknown = await target.readGroups().catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(TargetError);
  expect(error).toMatchObject({ kind: 'unavailable' });
  expect((error as Error).message).toContain('nests deeper');
});

it('only the beginning of an error body is read', async () => {
  const { target } = await fakeMode(
    { 'GET /api/acme/groups': answer(500, '['.repeat(5_000_000)) },
    { timeoutMs: 5_000 },
  );
  await expect(target.readGroups()).rejects.toMatchObject({ kind: 'unavailable', status: 500 });
});
