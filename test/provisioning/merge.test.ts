import { describe, expect, it } from 'vitest';
import { mergeGroupMembers, mergeGroups } from '../../src/provisioning/observe/merge-groups.ts';
import { mergeMembers } from '../../src/provisioning/observe/merge-members.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import { ShortReadError } from '../../src/provisioning/observe/short-read.ts';

const NOW = 1_000_000;
const MINUTE = 60_000;

function member(token: string | null, more: Partial<ObservedMember> = {}): ObservedMember {
  const tokens = {
    accountId: token,
    membershipId: null,
    username: null,
    email: `${token ?? 'new'}@x.test`,
  };
  return {
    ...tokens,
    name: null,
    state: 'active',
    admin: false,
    managedElsewhere: false,
    writtenAt: null,
    ...more,
  };
}

describe('a read of members', () => {
  it('adds new members, removes missing ones, and reports both', () => {
    const made = mergeMembers([member('a'), member('b')], [member('b'), member('c')], NOW);
    expect(made).toEqual({
      upsert: [member('c')],
      remove: ['a'],
      changed: [member('c'), member('a', { state: 'former' })],
    });
  });
  it('finds the invite of an account again, however its address is written', () => {
    const invite = member(null, { email: 'jane@x.test', state: 'invited' });
    const account = member('a', { email: ' Jane@X.test ' });
    expect(mergeMembers([invite], [account], NOW)).toMatchObject({
      upsert: [account],
      remove: ['email:jane@x.test'],
    });
  });
  it('that says the same changes nothing', () => {
    expect(mergeMembers([member('a')], [member('a')], NOW)).toEqual({ upsert: [], remove: [], changed: [] });
  });
  it('keeps the tokens that an earlier read or write taught', () => {
    const [after] = mergeMembers(
      [member('a', { membershipId: 'm' })],
      [member('a', { admin: true })],
      NOW,
    ).upsert;
    expect(after).toMatchObject({ membershipId: 'm', admin: true });
  });
  it('keeps a write of the bridge for a minute, and not longer', () => {
    const written = member('a', { admin: true, writtenAt: NOW - MINUTE + 1 });
    expect(mergeMembers([written], [member('a')], NOW).changed).toEqual([]);
    expect(mergeMembers([written], [member('a')], NOW + 1).changed).toEqual([member('a')]);
  });
  it.each([
    ['name', { name: 'New' }, { name: 'Old' }],
    ['address', { email: 'new@x.test' }, { email: 'old@x.test' }],
  ])('does not bring back the %s that was changed less than a minute ago', (_what, wrote, old) => {
    const written = member('a', { ...wrote, writtenAt: NOW });
    expect(mergeMembers([written], [member('a', old)], NOW).changed).toEqual([]);
    const late = mergeMembers([written], [member('a', old)], NOW + MINUTE);
    expect(late.changed).toEqual([member('a', old)]);
    const shown = mergeMembers([written], [member('a', wrote)], NOW);
    expect(shown.upsert).toMatchObject([{ ...wrote, writtenAt: null }]);
  });
  it('confirms a write by showing it', () => {
    const written = member('a', { admin: true, writtenAt: NOW });
    expect(mergeMembers([written], [member('a', { admin: true })], NOW).upsert[0]?.writtenAt).toBeNull();
  });
  it('turns our invite into the account that it became, at once', () => {
    const invite = member(null, { state: 'invited', writtenAt: NOW });
    const account = member('a', { email: 'NEW@x.test' });
    expect(mergeMembers([invite, member('b')], [account, member('b')], NOW)).toEqual({
      upsert: [account],
      remove: ['email:new@x.test'],
      changed: [account],
    });
  });
  it('ends the invite of an account asked back when its address was accepted as another account', () => {
    const asked = member('old', { email: 'new@x.test', state: 'invited', writtenAt: NOW });
    const accepted = member('a', { email: 'New@x.test' });
    const made = mergeMembers([asked], [accepted], NOW + 2 * MINUTE);
    expect(made).toMatchObject({ upsert: [accepted], remove: ['old'] });
  });
  it('that lags and still shows a removed leaver does not end the invite of the same address', () => {
    const gone = member('old', { email: 'new@x.test', state: 'former', writtenAt: NOW });
    const invite = member(null, { state: 'invited', writtenAt: NOW });
    const made = mergeMembers([gone, invite], [member('old', { email: 'new@x.test' })], NOW + 1);
    expect(made.remove).toEqual([]);
    expect(made.changed).toEqual([]);
  });
  it('that does not list our invite does not make us send another for 14 days', () => {
    const invite = member(null, { state: 'invited', writtenAt: NOW });
    const day = 24 * 60 * MINUTE;
    expect(mergeMembers([invite, member('b')], [member('b')], NOW + 13 * day).remove).toEqual([]);
    expect(mergeMembers([invite, member('b')], [member('b')], NOW + 15 * day).remove).toEqual([
      'email:new@x.test',
    ]);
  });
  it('that is empty is ignored', () => {
    expect(() => mergeMembers([], [], NOW)).toThrow(ShortReadError);
    expect(() => mergeMembers([member('a')], [], NOW, true)).toThrow(ShortReadError);
  });
  it('that lacks most people is ignored until it is accepted', () => {
    const many = Array.from({ length: 20 }, (_, index) => member(`m${index}`));
    expect(() => mergeMembers(many, many.slice(0, 5), NOW)).toThrow('lacks 15 of 20');
    expect(mergeMembers(many, many.slice(0, 5), NOW, true).remove).toHaveLength(15);
    expect(mergeMembers(many, many.slice(0, 12), NOW).remove).toHaveLength(8);
  });
  it('that lacks half of a small company is ignored; one person may be gone', () => {
    const few = ['a', 'b', 'c', 'd'].map((token) => member(token));
    expect(() => mergeMembers(few, few.slice(0, 2), NOW)).toThrow('lacks 2 of 4');
    expect(mergeMembers(few.slice(0, 2), few.slice(0, 1), NOW).remove).toEqual(['b']);
  });
});

describe('a read of groups', () => {
  const group = (token: string, name: string, writtenAt: number | null = null) => ({
    token,
    name,
    writable: true,
    writtenAt,
  });

  it('keeps a group that we made, and a name that we gave, for a minute', () => {
    const ours = [group('new', 'New', NOW), group('old', 'Renamed', NOW)];
    const made = mergeGroups(ours, [group('old', 'Old')], NOW + 1_000);
    expect(made).toEqual({ upsert: [], remove: [], changed: [], behind: [] });
    const later = mergeGroups(ours, [group('old', 'Old')], NOW + MINUTE);
    expect(later).toEqual({
      upsert: [group('old', 'Old')],
      remove: ['new'],
      changed: [group('old', 'Old')],
      behind: [],
    });
  });
  it('keeps a member that we added for a minute, and forgets one that Mode took out', () => {
    const row = (accountId: string, writtenAt: number | null) => ({
      targetGroupId: 'g',
      accountId,
      groupMembershipId: null,
      writtenAt,
    });
    const made = mergeGroupMembers([row('ours', NOW), row('theirs', null)], [row('new', null)], NOW + 1_000);
    expect(made).toEqual({
      rows: [row('new', null), row('ours', NOW)],
      added: ['new'],
      removed: ['theirs'],
      behind: [],
      short: false,
    });
  });
  it('that lacks most groups or lists none is ignored until it is accepted', () => {
    const many = Array.from({ length: 20 }, (_, index) => group(`g${index}`, `Group ${index}`));
    expect(() => mergeGroups(many, many.slice(0, 9), NOW)).toThrow(ShortReadError);
    expect(() => mergeGroups(many.slice(0, 1), [], NOW)).toThrow(ShortReadError);
    expect(mergeGroups(many, many.slice(0, 9), NOW, new Map(), true).remove).toHaveLength(11);
  });
  it('does not bring back what we took away less than a minute ago, and does after that', () => {
    const taken = new Map([['g', { writtenAt: NOW }]]);
    const others = [group('x', 'X')];
    const shown = [...others, group('g', 'Gone')];
    expect(mergeGroups(others, shown, NOW + MINUTE - 1, taken)).toMatchObject({ upsert: [], behind: ['g'] });
    expect(mergeGroups(others, shown, NOW + MINUTE, taken)).toMatchObject({
      behind: [],
      changed: [{ token: 'g' }],
    });
    const member = { targetGroupId: 'x', accountId: 'g', groupMembershipId: 'm', writtenAt: null };
    expect(mergeGroupMembers([], [member], NOW, taken)).toMatchObject({ rows: [], behind: ['g'] });
    expect(mergeGroupMembers([], [member], NOW + MINUTE, taken)).toMatchObject({
      rows: [member],
      added: ['g'],
    });
  });
  it('of the members of one group is doubted when it lost most of them, or all', () => {
    const rows = Array.from({ length: 12 }, (_, index) => ({
      targetGroupId: 'g',
      accountId: `m${index}`,
      groupMembershipId: `gm${index}`,
      writtenAt: null,
    }));
    expect(mergeGroupMembers(rows, rows.slice(0, 5), NOW).short).toBe(true);
    expect(mergeGroupMembers(rows.slice(0, 1), [], NOW).short).toBe(true);
    expect(mergeGroupMembers(rows, rows.slice(0, 7), NOW).short).toBe(false);
    expect(mergeGroupMembers([], [], NOW).short).toBe(false);
  });
});
