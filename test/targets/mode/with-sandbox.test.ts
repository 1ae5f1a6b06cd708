import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import type { ObservedMember } from '../../../src/provisioning/model/observed.ts';
import { startSandbox } from '../../../src/sandbox/mode/sandbox.ts';
import { openModeTarget } from '../../../src/targets/mode/mode-target.ts';
import { systemRandom } from '../../../src/random.ts';

/** Stands still; sleeping takes no time, except with a signal, which is the timeout of a real call. */
const clock: Clock = {
  now: () => 1_700_000_000_000,
  monotonic: () => 0,
  sleep: (ms, signal) => (signal === undefined ? Promise.resolve() : systemClock.sleep(ms, signal)),
};
const key = { token: 'sandbox', secret: 'sandbox' };
const inviter = { token: 'inviter', secret: 'inviter' };

async function setup() {
  const log = pino({ level: 'silent' });
  const sandbox = await startSandbox({
    port: 0,
    workspace: 'acme',
    mainKey: key,
    inviterKey: inviter,
    clock,
    log,
  });
  const target = openModeTarget({
    baseUrl: sandbox.url,
    workspace: 'acme',
    key,
    inviter,
    clock,
    random: systemRandom,
    requestsPerSecond: 1_000,
  });
  onTestFinished(async () => {
    await target.close();
    await sandbox.close();
  });
  const control = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    return (await (await fetch(`${sandbox.url}/_sandbox/${path}`, init)).json()) as Record<string, never>;
  };
  await control('PUT', 'state', {
    members: [
      { email: 'boss@x.test', admin: true },
      { email: 'jane@x.test', name: 'Jane Doe' },
      { email: 'pending@x.test', state: 'pending' },
    ],
    groups: [
      { name: 'Team', members: ['jane@x.test'] },
      { name: 'Managed', managed: true },
    ],
  });
  const find = async (email: string): Promise<ObservedMember> => {
    const member = (await target.readMembers()).find((row) => row.email === email);
    if (member === undefined) throw new Error(`${email} is not listed`);
    return member;
  };
  const group = async (name: string) => (await target.readGroups()).find((row) => row.name === name);
  return { target, control, find, group };
}

describe('with the simulated Mode', () => {
  it('reads members, groups and the members of a group', async () => {
    const { target, find, group } = await setup();
    expect(await find('jane@x.test')).toMatchObject({ name: 'Jane Doe', state: 'active', admin: false });
    expect(await find('pending@x.test')).toMatchObject({ state: 'invited' });
    expect(await group('Managed')).toMatchObject({ writable: false });
    expect(await group('Everyone')).toMatchObject({ writable: false });
    const team = await group('Team');
    expect(await target.readGroupMembers(team?.token ?? '')).toMatchObject([
      {
        accountId: (await find('jane@x.test')).accountId,
        groupMembershipId: expect.any(String) as string,
      },
    ]);
  });

  it('reads all groups from many pages', async () => {
    const { target, control } = await setup();
    const groups = Array.from({ length: 65 }, (_, index) => ({ name: `Group ${index}` }));
    await control('PUT', 'state', { members: [{ email: 'boss@x.test', admin: true }], groups });
    expect(await target.readGroups()).toHaveLength(66);
  });

  it('invites, sets admins, and removes members and pending people', async () => {
    const { target, control, find } = await setup();
    await target.apply({ type: 'invite', email: 'new@x.test', name: 'New', former: null });
    expect(await find('new@x.test')).toMatchObject({ state: 'invited' });
    await target.apply({ type: 'set_admin', member: await find('jane@x.test'), admin: true });
    expect(await find('jane@x.test')).toMatchObject({ admin: true });
    await target.apply({ type: 'remove_member', member: await find('jane@x.test') });
    await target.apply({ type: 'remove_member', member: await find('pending@x.test') });
    const { members, invites } = await control('GET', 'state?all=true');
    expect(members).toMatchObject([
      { email: 'boss@x.test', state: 'active' },
      { email: 'jane@x.test', state: 'banned' },
      { email: 'new@x.test', state: 'pending' },
      { email: 'pending@x.test', state: 'banned' },
    ]);
    expect(invites).toEqual([{ email: 'new@x.test', state: 'pending', count: 1 }]);
  });

  it('removing a person who is already gone succeeds', async () => {
    const { target, find } = await setup();
    const jane = await find('jane@x.test');
    await target.apply({ type: 'remove_member', member: jane });
    await expect(target.apply({ type: 'remove_member', member: jane })).resolves.toBeDefined();
    const known = { ...jane, membershipId: 'abcdefabcdef' };
    await expect(target.apply({ type: 'remove_member', member: known })).resolves.toBeDefined();
  });

  it('a 404 for a person who is still listed means a missing privilege', async () => {
    const { target, control, find } = await setup();
    const member = await find('jane@x.test');
    await control('PATCH', 'settings', { faults: { status: 404, for_requests: 9, method: 'DELETE' } });
    await expect(target.apply({ type: 'remove_member', member })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  it('a person who came back with a new membership is removed through the new one', async () => {
    const { target, find } = await setup();
    const member = { ...(await find('jane@x.test')), membershipId: 'abcdefabcdef' };
    const { membershipId } = await target.apply({ type: 'remove_member', member });
    expect(membershipId).not.toBe('abcdefabcdef');
    await expect(find('jane@x.test')).rejects.toThrow('not listed');
  });

  it('reads the owners of the keys, so that they are never removed', async () => {
    const { target, find } = await setup();
    expect(await target.readOwners()).toEqual([(await find('boss@x.test')).username]);
  });

  it('Mode refuses to remove the last admin', async () => {
    const { target, find } = await setup();
    const boss = await find('boss@x.test');
    await expect(target.apply({ type: 'remove_member', member: boss })).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  it('creates, renames, fills, empties and deletes groups, also one with the name of a deleted group', async () => {
    const { target, find, group, control } = await setup();
    const accountId = (await find('jane@x.test')).accountId ?? '';
    // The second time, Mode has a deleted group with that name.
    for (let round = 1; round <= 2; round += 1) {
      const { targetGroupId = '' } = await target.apply({ type: 'create_group', name: 'Crew' });
      const added = await target.apply({ type: 'add_group_member', targetGroupId, accountId });
      expect(added.groupMembershipId).toMatch(/^[0-9a-f]{12}$/);
      expect(await target.apply({ type: 'add_group_member', targetGroupId, accountId })).toEqual(added);
      const removal = { type: 'remove_group_member', targetGroupId, accountId } as const;
      await target.apply({ ...removal, groupMembershipId: null });
      await target.apply({ ...removal, groupMembershipId: added.groupMembershipId ?? null });
      expect(await target.readGroupMembers(targetGroupId)).toEqual([]);
      await target.apply({ type: 'rename_group', targetGroupId, name: 'Crew EU', from: 'Old' });
      await target.apply({ type: 'delete_group', targetGroupId, name: 'Crew EU' });
      await target.apply({ type: 'delete_group', targetGroupId, name: 'Crew EU' });
      expect(await group('Crew EU')).toBeUndefined();
    }
    expect((await control('GET', 'state?all=true'))['groups']).toHaveLength(4);
  });

  it('a taken name and a pending person are refused', async () => {
    const { target, find, group } = await setup();
    await expect(target.apply({ type: 'create_group', name: 'Team' })).rejects.toMatchObject({
      kind: 'refused',
    });
    const targetGroupId = (await group('Team'))?.token ?? '';
    const accountId = (await find('pending@x.test')).accountId ?? '';
    await expect(target.apply({ type: 'add_group_member', targetGroupId, accountId })).rejects.toMatchObject({
      kind: 'not_found',
    });
  });
});
